package mos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.MosException;
import mos.latency.LatencyDataset;
import mos.latency.LatencyPredictor;
import mos.model.SuperTransformer;
import mos.port.ExportedModel;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.Adam;
import mos.train.AdamConfig;
import mos.train.Checkpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One small file of every version of every format, as it was written then, is read for ever or
 * refused by its version. Files are added here and never made anew.
 */
class FormatVersionsTest {
  private static final Path FORMATS = Path.of("src/test/resources/formats");

  @TempDir Path folder;

  /** A copy of a file with other text of the same length in it. */
  private Path altered(String file, String... pairs) throws IOException {
    // One character per byte, so that whatever else is in the file stays as it is.
    String text = Files.readString(FORMATS.resolve(file), StandardCharsets.ISO_8859_1);
    for (int i = 0; i < pairs.length; i += 2) {
      assertThat(text).contains(pairs[i]);
      text = text.replace(pairs[i], pairs[i + 1]);
    }
    Path copy = folder.resolve(file);
    Files.createDirectories(copy.getParent());
    return Files.writeString(copy, text, StandardCharsets.ISO_8859_1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void checkpointOfEveryVersion(int version) throws IOException {
    String name = "checkpoint-" + version + ".safetensors";
    try (Checkpoint checkpoint = Checkpoint.open(FORMATS.resolve(name));
        SuperTransformer model = checkpoint.model(Tensors.cpu(), true);
        Adam adam = new Adam(model.parameters(), AdamConfig.DEFAULT);
        Scope scope = Scope.open()) {
      checkpoint.loadOptimizer(adam);
      assertThat(checkpoint.state().update()).isEqualTo(7);
      assertThat(checkpoint.state().position().epoch()).isEqualTo(2);
      assertThat(checkpoint.state().position().update()).isEqualTo(3);
      assertThat(checkpoint.state().bestLoss()).isEqualTo(1.5);
      assertThat(checkpoint.description().settings()).containsEntry("max-tokens", 64);
      assertThat(checkpoint.description().provenance()).isEmpty();
      assertThat(model.parameters().values().norm().item_double()).isPositive();
    }
    Path next =
        altered(
            name,
            "\\\"format_version\\\":" + version,
            "\\\"format_version\\\":3",
            // Without its name there is no checksum to be wrong.
            "crc32c",
            "crc32x");
    assertThatThrownBy(() -> Checkpoint.open(next))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("checkpoint format 3, this program reads formats 1 to 2");
  }

  @Test
  void exportedModelOfVersion1() throws IOException {
    try (ExportedModel model = ExportedModel.load(FORMATS.resolve("export-1"), Tensors.cpu())) {
      assertThat(model.architecture().encoderEmbedDim()).isEqualTo(8);
      assertThat(model.description().settings()).containsKey("seed");
    }
    altered("export-1/model.safetensors");
    Path next = altered("export-1/config.json", "\"version\" : 1", "\"version\" : 2").getParent();
    assertThatThrownBy(() -> ExportedModel.load(next, Tensors.cpu()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("version 1");
  }

  @Test
  void latencyPredictorOfVersion1() throws IOException {
    LatencyPredictor predictor = LatencyPredictor.load(FORMATS.resolve("predictor-1.json"));
    assertThat(predictor.heldOut()).isNotEmpty();
    Path next = altered("predictor-1.json", "\"version\" : 1", "\"version\" : 2");
    assertThatThrownBy(() -> LatencyPredictor.load(next))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("version: got 2, must be 1");
  }

  @Test
  void latencyDatasetOfVersion1() throws IOException {
    assertThat(LatencyDataset.read(FORMATS.resolve("latency-1.csv")).rows())
        .hasSize(10)
        .allMatch(row -> row.architecture().isPresent());
    Path next = altered("latency-1.csv", "latency_interquartile", "latency_interquartili");
    assertThatThrownBy(() -> LatencyDataset.read(next))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("latency_interquartili");
  }
}
