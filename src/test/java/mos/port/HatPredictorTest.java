package mos.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.MosException;
import mos.command.ImportCommand;
import mos.config.Settings;
import mos.latency.LatencyPredictor;
import mos.port.TorchWriter.View;
import mos.results.ImportFigures;
import mos.space.Plain;
import mos.space.SubTransformer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HatPredictorTest {
  private static final Path PUBLISHED = Path.of("../shared/latency");
  private static final List<Double> NORM =
      List.of(640.0, 6.0, 2048.0, 6.0, 640.0, 6.0, 2048.0, 6.0, 6.0, 2.0);

  @TempDir Path folder;

  private static Map<String, Object> state() {
    float[] first = new float[20];
    first[0] = 1; // encoder width / 640
    first[10 + 5] = 2; // decoder depth / 6, twice
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("first_layer.weight", View.of(first, 2, 10));
    state.put("first_layer.bias", View.of(new float[] {-2, 0}, 2));
    state.put("layers.0.weight", View.of(new float[] {5, 3}, 1, 2));
    state.put("layers.0.bias", View.of(new float[] {0.5f}, 1));
    state.put("predict.weight", View.of(new float[] {1}, 1, 1));
    state.put("predict.bias", View.of(new float[] {0.25f}, 1));
    return state;
  }

  @Test
  void layersAreAppliedInOrder() {
    Path file = TorchWriter.writeZip(folder.resolve("p.pt"), state());
    try (TorchFile torch = TorchFile.open(file)) {
      LatencyPredictor predictor = HatPredictor.read(torch, NORM, 100);
      SubTransformer a =
          Plain.architecture(
              640,
              512,
              List.of(64),
              List.of(4),
              List.of(64, 64, 64),
              List.of(4, 4, 4),
              List.of(4, 4, 4),
              List.of(1, 1, 1));
      // relu(1 - 2) · 5 + relu(2 · 3/6) · 3 + 0.5, then + 0.25, times 100.
      assertThat(predictor.predictMs(a)).isCloseTo(375, within(1e-3));
    }
  }

  @Test
  void unknownAndUnfitEntriesAreRefused() {
    Map<String, Object> more = state();
    more.put("extra.weight", View.of(new float[] {1}, 1));
    refused(more, "unknown entry extra.weight");
    Map<String, Object> other = state();
    other.put("layers.0.weight", View.of(new float[] {1, 2, 3}, 1, 3));
    refused(other, "layers.0 has shapes [1, 3] and [1] after 2 outputs");
    Map<String, Object> less = state();
    less.remove("predict.bias");
    refused(less, "no predict.bias");
  }

  private void refused(Map<String, Object> state, String message) {
    Path file = TorchWriter.writeOld(folder.resolve("p.pt"), state);
    try (TorchFile torch = TorchFile.open(file)) {
      assertThatThrownBy(() -> HatPredictor.read(torch, NORM, 200))
          .isInstanceOf(MosException.class)
          .hasMessageContaining(message);
    }
  }

  @Test
  void publishedPredictorHasTheErrorThatNumpyFinds() {
    assumeThat(PUBLISHED).exists();
    ImportCommand task = new ImportCommand();
    Path out = folder.resolve("predictor.json");
    ImportFigures figures =
        task.run(
            Settings.load(
                List.of(),
                Map.of(
                    "path", PUBLISHED.resolve("wmt14ende_gpu_titanxp.pt").toString(),
                    "lat-dataset-path",
                        PUBLISHED.resolve("wmt14ende_gpu_titanxp_all.csv").toString(),
                    "out", out.toString()),
                task.settings()));
    // All 2000 rows, those it was trained on included; computed once more with numpy.
    assertThat(figures.errors().rmseMs()).isCloseTo(15.1699, within(1e-3));
    assertThat(LatencyPredictor.load(out)).isNotNull();
  }
}
