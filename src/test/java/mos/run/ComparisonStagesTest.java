package mos.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.command.settings.AllSettings;
import mos.command.settings.ModelSettings;
import mos.config.Settings;
import mos.model.ModelConfig;
import mos.space.Dimension;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stages of a run that compare, in spaces with all dimensions there are. */
class ComparisonStagesTest {
  private static List<Stage> stages(String... more) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("task", "sample");
    options.put("output-dir", "o");
    options.put("data", "d");
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    List<Path> files =
        options.containsKey("configs") ? List.of(Path.of(options.remove("configs"))) : List.of();
    return Plan.of(AllSettings.load(files, options));
  }

  private static Stage stage(List<Stage> stages, String name) {
    return stages.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void theBaseIsTrainedOnlyWhereItIsAskedFor() {
    assertThat(stages())
        .extracting(Stage::name)
        .endsWith("final_test", "speed_found", "largest_test", "speed_largest");
    assertThat(stages("compare-base", "1"))
        .extracting(Stage::name)
        .endsWith("speed_largest", "base_train", "base_test", "speed_base");
  }

  /** A remeasured run needs none of them, all others it does. */
  @Test
  void onlyTheLastStagesCompare() {
    assertThat(stages("compare-base", "1").stream().filter(Stage::compares))
        .extracting(Stage::name)
        .containsExactly(
            "speed_found",
            "largest_test",
            "speed_largest",
            "base_train",
            "base_test",
            "speed_base");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "configs/tasks/sample.yml",
        "configs/tasks/wmt14.en-de.yml",
        "configs/token-experts.yml",
        "configs/spaces/heads-and-activations.yml",
        "configs/spaces/deep-encoder.yml"
      })
  void optionsOfTheLargestSayWhatItIs(String file) {
    List<Stage> all = stages("configs", file);
    Settings supernet = stage(all, "supernet").allSettings();
    SubTransformer largest = SearchSpaceSettings.space(supernet).largest();
    for (String name : new String[] {"largest_test", "speed_largest"}) {
      assertThat(SubTransformerFile.fromSettings(stage(all, name).settings())).isEqualTo(largest);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "configs/tasks/sample.yml",
        "configs/tasks/wmt14.en-de.yml",
        "configs/token-experts.yml",
        "configs/spaces/heads-and-activations.yml",
        "configs/spaces/deep-encoder.yml"
      })
  void theBaseIsThatOfThePaperInEverySpace(String file) {
    Stage stage = stage(stages("configs", file, "compare-base", "1"), "base_train");
    Settings settings = stage.settings();
    stage.command().check(settings);
    SubTransformer base = SubTransformerFile.fromSettings(settings);
    SearchSpaceSettings.space(settings).check(base, "base");
    ModelConfig sizes =
        ModelSettings.anyVocabulary(settings, SearchSpaceSettings.space(settings)).standalone(base);
    assertThat(base.encoderEmbedDim()).isEqualTo(512);
    assertThat(base.decoderEmbedDim()).isEqualTo(512);
    assertThat(base.encoderLayers()).isEqualTo(6);
    assertThat(base.decoderLayers()).isEqualTo(6);
    assertThat(base.values(Dimension.ENCODER_FFN)).containsOnly(2048).hasSize(6);
    assertThat(base.values(Dimension.DECODER_FFN)).containsOnly(2048).hasSize(6);
    assertThat(base.values(Dimension.ENCODER_HEADS)).containsOnly(8);
    assertThat(base.values(Dimension.DECODER_HEADS)).containsOnly(8);
    assertThat(base.values(Dimension.ENCODER_DECODER_HEADS)).containsOnly(8);
    assertThat(base.values(Dimension.ARBITRARY_ATTENTION)).containsOnly(-1);
    assertThat(base.tokenRouted()).isFalse();
    assertThat(sizes.qkvDim()).isEqualTo(512);
    assertThat(stage.options()).doesNotContainKey("restore-file");
  }
}
