package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import mos.base.Json;
import mos.command.settings.AllSettings;
import mos.command.settings.ModelSettings;
import mos.config.Settings;
import mos.space.Dimension;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A space that no paper has goes through all stages by its YAML file alone. */
class WiderSpaceTest {
  private static final String SPACE =
      """
      encoder-embed-choice: [32, 16]
      decoder-embed-choice: [48, 32]
      encoder-ffn-embed-dim-choice: [64, 32, 8]
      decoder-ffn-embed-dim-choice: [96]
      encoder-layer-num-choice: [9, 3, 1]
      decoder-layer-num-choice: [1]
      encoder-self-attention-heads-choice: [8, 2]
      decoder-self-attention-heads-choice: [16]
      decoder-ende-attention-heads-choice: [4, 1]
      decoder-arbitrary-ende-attn-choice: [-1]
      encoder-head-dim-choice: [4, 3]
      decoder-head-dim-choice: [2, 1]
      encoder-activation-choice: [relu, swish]
      feature-format: fine
      mos-modules: all
      distill: kl
      """;

  @TempDir Path folder;

  @Test
  @Tag("slow")
  void nineEncoderLayersAndOneDecoderLayerAreSearched() throws IOException {
    TinyTask task = TinyTask.in(folder);
    String text = Files.readString(task.file());
    Files.writeString(task.file(), SPACE + text.substring(TinyTask.SPACE.length()));
    Path out = folder.resolve("out");
    task.run(out).succeeded();
    Settings settings =
        AllSettings.load(List.of(task.file(), out.resolve("search/architecture.yml")), Map.of());
    SubTransformer found = SubTransformerFile.fromSettings(settings);
    SearchSpaceSettings.space(settings).check(found);
    assertThat(found.values(Dimension.ENCODER_HEAD_DIM)).hasSize(found.encoderLayers());
    assertThat(found.values(Dimension.ENCODER_ACTIVATION)).hasSize(found.encoderLayers());
    assertThat(found.uses(Dimension.DECODER_ACTIVATION)).isFalse();
    assertThat(out.resolve("subtransformer/checkpoint_best.safetensors")).exists();
    JsonNode summary = Json.read(out.resolve("summary.json"));
    assertThat(summary.toString()).contains("bleu");
    Set<Integer> depths = new TreeSet<>();
    for (String line : Files.readAllLines(out.resolve("latency/dataset.csv"))) {
      String depth = line.split(",", -1)[1];
      if (depth.matches("\\d+")) {
        depths.add(Integer.valueOf(depth));
      }
    }
    assertThat(depths).containsAnyOf(3, 9).hasSizeGreaterThan(1);
  }

  @Test
  void exampleDescribesTwelveEncoderLayers() {
    SearchSpace space =
        SearchSpaceSettings.space(
            AllSettings.load(
                List.of(
                    Path.of("configs/tasks/wmt14.en-de.yml"),
                    Path.of("configs/spaces/deep-encoder.yml")),
                Map.of()));
    assertThat(space.largest().encoderLayers()).isEqualTo(12);
    assertThat(space.smallest().decoderLayers()).isEqualTo(1);
  }

  @Test
  void exampleOfHeadsAndActivationsFitsTheSampleTask() {
    Settings settings =
        AllSettings.load(
            List.of(
                Path.of("configs/tasks/sample.yml"),
                Path.of("configs/spaces/heads-and-activations.yml")),
            Map.of());
    SearchSpace space = SearchSpaceSettings.space(settings);
    assertThat(space.uses(Dimension.ENCODER_ACTIVATION)).isTrue();
    assertThat(ModelSettings.superTransformer(settings, space, 100, 100).qkvDim())
        .isGreaterThanOrEqualTo(4 * space.mostHeadDim(true));
  }
}
