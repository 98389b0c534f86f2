package mos.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.base.Limit;
import mos.command.settings.AllSettings;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.OptimiserSettings;
import mos.command.settings.PredictorSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformerFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedFilesTest {
  private static Path resource(String name) throws URISyntaxException {
    return Path.of(PublishedFilesTest.class.getResource("/hat/" + name).toURI());
  }

  private static Settings load(String... names) throws URISyntaxException {
    List<Path> files =
        Stream.of(names)
            .map(
                name -> {
                  try {
                    return resource(name);
                  } catch (URISyntaxException e) {
                    throw new AssertionError(e);
                  }
                })
            .toList();
    return AllSettings.load(files, Map.of());
  }

  private static Settings parse(String yaml) {
    return Settings.parse(yaml, "a.yml", AllSettings.known());
  }

  static Stream<Path> ourFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("configs"))) {
      return files.filter(file -> file.toString().endsWith(".yml")).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("ourFiles")
  void ourFilesHoldKnownSettingsOnly(Path file) {
    assertThat(AllSettings.load(List.of(file), Map.of()).toMap()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "space.yml",
        "common.yml",
        "subtransformer.yml",
        "evo-search.yml",
        "latency-dataset.yml",
        "latency-predictor.yml"
      })
  void everyKeyOfThePublishedKindsIsKnownOrIgnored(String name) throws URISyntaxException {
    assertThat(load(name).toMap()).isNotEmpty();
  }

  @Test
  void filesOfOneRunCombine() throws URISyntaxException {
    Settings settings = load("space.yml", "common.yml", "subtransformer.yml", "evo-search.yml");
    SearchSpaceSettings.space(settings).check(SubTransformerFile.fromSettings(settings));
    assertThat(EvolutionSettings.of(settings, 1).populationSize()).isEqualTo(125);
    assertThat(settings.get(ConstraintSettings.LATENCY)).isEqualTo(Limit.of(200));
  }

  @Test
  void learningRateOfAPredictorFileIsThePredictors() throws URISyntaxException {
    Settings settings = load("space.yml", "latency-predictor.yml");
    assertThat(settings.get(PredictorSettings.LEARNING_RATE)).isEqualTo(2e-4);
    assertThat(settings.where(PredictorSettings.LEARNING_RATE)).contains("latency-predictor.yml");
    assertThat(settings.get(OptimiserSettings.LR)).isEqualTo(1e-7);
    assertThat(settings.where(OptimiserSettings.LR)).contains("space.yml");
  }

  @Test
  void learningRateOfATaskFileIsThatOfTraining() {
    Settings settings =
        AllSettings.load(List.of(Path.of("configs/tasks/iwslt14.de-en.yml")), Map.of());
    assertThat(settings.get(OptimiserSettings.LR)).isEqualTo(5e-4);
    assertThat(settings.get(PredictorSettings.LEARNING_RATE)).isEqualTo(1e-5);
  }

  @Test
  void updatesOfACommonFileAreTheSubTransformers() throws URISyntaxException {
    Settings settings = load("space.yml", "common.yml");
    assertThat(settings.get(OptimiserSettings.SUB_WARMUP_UPDATES)).isEqualTo(4000);
    assertThat(settings.where(TrainingSettings.SUB_MAX_UPDATE)).contains("common.yml");
    assertThat(settings.get(OptimiserSettings.WARMUP_UPDATES)).isEqualTo(10_000);
    assertThat(parse("train-subtransformer: False\nmax-update: 7").get(TrainingSettings.MAX_UPDATE))
        .isEqualTo(7);
  }

  @Test
  void otherNamesMeanTheSame() {
    assertThat(parse("expert-routing-type: archrouting_jack_2L").get(ModelSettings.MOS_TYPE))
        .isEqualTo("archrouting_jack_2L");
    assertThat(parse("flops-constraint-giga: 2.5").get(ConstraintSettings.FLOPS))
        .isEqualTo(Limit.of(2.5));
    assertThat(parse("flops_constraint_giga: -1").get(ConstraintSettings.FLOPS))
        .isEqualTo(Limit.of(-1));
    Settings settings =
        AllSettings.load(
            List.of(Path.of("configs/tasks/wmt14.en-de.yml")),
            Map.of("flops-constraint-giga", "3", "expert-routing-type", "archrouting_jack_2L"));
    assertThat(settings.get(ConstraintSettings.FLOPS)).isEqualTo(Limit.of(3));
    assertThat(settings.get(ModelSettings.MOS_TYPE)).isEqualTo("archrouting_jack_2L");
  }

  @Test
  void twoNamesWithTwoValuesAreAnError() {
    assertThat(parse("flops-constraint: 2\nflops-constraint-giga: 2").toMap())
        .containsEntry("flops-constraint", Limit.of(2));
    assertThatThrownBy(() -> parse("flops-constraint: 2\nflops-constraint-giga: 3"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("flops-constraint-giga: got 3, another name of flops-constraint")
        .hasMessageContaining("a.yml:2");
  }

  @Test
  void predictorOfAnotherInputIsRefused() {
    assertThatThrownBy(() -> parse("feature-dim: 40"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("feature-dim: got 40");
  }

  @Test
  void markOfAnotherTypeIsAnError() {
    assertThatThrownBy(() -> parse("train-subtransformer: perhaps"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("train-subtransformer: got perhaps");
  }

  @Test
  void noSettingIsAmongTheIgnoredKeys() {
    Set<String> keys = AllSettings.known().stream().map(Setting::key).collect(Collectors.toSet());
    for (String key : keys) {
      // Without any known setting a key is an error unless it is ignored.
      assertThatThrownBy(() -> Settings.parse(key + ": 1", "a.yml", List.of()))
          .as(key)
          .hasMessageContaining("unknown key");
    }
  }
}
