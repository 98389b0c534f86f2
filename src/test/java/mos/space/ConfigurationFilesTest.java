package mos.space;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.ModelSettings;
import mos.config.Setting;
import mos.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationFilesTest {
  /** Keys of the published files and of ours that other packages own; their types matter there. */
  private static final String OTHERS =
      """
      train-subtransformer share-all-embeddings max-tokens data adam-betas clip-norm weight-decay
      dropout attention-dropout activation-dropout label-smoothing update-freq max-update
      warmup-updates sub-max-update sub-warmup-updates lr-scheduler warmup-init-lr max-lr lr
      keep-last-epochs save-interval-updates validate-interval encoder-embed-dim decoder-embed-dim encoder-ffn-embed-dim
      decoder-ffn-embed-dim encoder-layers decoder-layers encoder-attention-heads
      decoder-attention-heads qkv-dim ckpt-path lat-norm restore-file write-config-path
      latency-constraint latency-threads latency-compute latency-source-length lat-dataset-path lat-dataset-size
      latiter source-lang target-lang feature-dim hidden-dim hidden-layer-num train-steps bsz
      max-experts mos-type hypernet-hidden-size expert-layer-freq sandwich-rule seed beam lenpen
      max-len-a max-len-b batch-size data-url fitness baselines token-top-k token-capacity-factor
      token-balance-weight
      """;

  private static List<Setting<?>> known() {
    List<Setting<?>> known = new ArrayList<>(SearchSpaceSettings.settings());
    known.addAll(SubTransformerFile.settings());
    known.addAll(EvolutionSettings.settings());
    known.add(ModelSettings.FEATURE_NORM);
    OTHERS
        .strip()
        .lines()
        .flatMap(line -> Arrays.stream(line.split(" ")))
        .forEach(
            key ->
                known.add(
                    key.equals("adam-betas") ? Setting.ofDoubles(key) : Setting.ofString(key)));
    return known;
  }

  static Stream<Path> taskFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("configs/tasks"))) {
      return files.sorted().toList().stream();
    }
  }

  static Stream<Path> allFiles() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("configs"))) {
      return files.filter(file -> file.toString().endsWith(".yml")).sorted().toList().stream();
    }
  }

  private static Path resource(String name) throws URISyntaxException {
    return Path.of(ConfigurationFilesTest.class.getResource("/hat/" + name).toURI());
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
  void publishedFormsLoadUnchanged(String name) throws URISyntaxException {
    Settings settings = Settings.load(List.of(resource(name)), Map.of(), known());
    assertThat(settings.toMap()).hasSizeGreaterThan(9);
  }

  @Test
  void publishedFilesCombineIntoOneRun() throws URISyntaxException {
    List<Path> files =
        List.of(
            resource("space.yml"),
            resource("common.yml"),
            resource("subtransformer.yml"),
            resource("evo-search.yml"));
    Settings settings = Settings.load(files, Map.of("evo_iter", "10"), known());
    SearchSpace space = SearchSpaceSettings.space(settings);
    assertThat(space.choices(Dimension.ENCODER_LAYERS)).containsExactly(6);
    space.check(SubTransformerFile.fromSettings(settings));
    assertThat(EvolutionSettings.of(settings, 1).iterations()).isEqualTo(10);
  }

  @ParameterizedTest
  @MethodSource("taskFiles")
  void taskFilesDescribeASpaceThatFitsItsSuperTransformer(Path file) {
    Settings settings = Settings.load(List.of(file), Map.of(), known());
    SubTransformer largest = SearchSpaceSettings.space(settings).largest();
    Map<String, Object> values = settings.toMap();
    assertThat(values)
        .containsEntry("encoder-embed-dim", "" + largest.encoderEmbedDim())
        .containsEntry("decoder-embed-dim", "" + largest.decoderEmbedDim())
        .containsEntry("encoder-ffn-embed-dim", "" + largest.value(Dimension.ENCODER_FFN, 0))
        .containsEntry("decoder-ffn-embed-dim", "" + largest.value(Dimension.DECODER_FFN, 0))
        .containsEntry("encoder-layers", "" + largest.encoderLayers())
        .containsEntry("decoder-layers", "" + largest.decoderLayers())
        .containsEntry("encoder-attention-heads", "" + largest.value(Dimension.ENCODER_HEADS, 0));
    int qkv = Integer.parseInt(values.get("qkv-dim").toString());
    for (int heads : SearchSpaceSettings.space(settings).choices(Dimension.ENCODER_HEADS)) {
      assertThat(qkv % heads).isZero();
    }
    assertThat(EvolutionSettings.of(settings, 1).mutationProb()).isEqualTo(0.3);
    assertThat(settings.get(ModelSettings.FEATURE_NORM)).hasSize(10);
  }

  @ParameterizedTest
  @MethodSource("taskFiles")
  void latencySpaceHoldsTheSearchSpace(Path task) {
    Path latency = Path.of("configs/latency").resolve(task.getFileName());
    SearchSpace narrow = SearchSpaceSettings.space(Settings.load(List.of(task), Map.of(), known()));
    SearchSpace wide =
        SearchSpaceSettings.space(Settings.load(List.of(task, latency), Map.of(), known()));
    for (Dimension dimension : Dimension.values()) {
      assertThat(wide.choices(dimension)).containsAll(narrow.choices(dimension));
    }
    assertThat(wide).isNotEqualTo(narrow);
  }

  @ParameterizedTest
  @MethodSource("allFiles")
  void everyKeyHasAComment(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isEmpty() && !lines.get(i).startsWith("#")) {
        assertThat(lines.get(i - 1)).as(file + ":" + (i + 1)).startsWith("# ");
      }
    }
  }
}
