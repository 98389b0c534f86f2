package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.command.settings.ModelSettings;
import mos.host.Hardware;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A dataset that is planned here, measured on a device, and comes back. */
class LatencyPlanTest {
  private static final Hardware DEVICE =
      new Hardware("pi", "Cortex-A76", 4, 4, "int8", "cpu", "17", "", "1.29.0");

  @TempDir Path folder;

  private static LatencyPlan drawn(int size, long seed) {
    return new LatencyPlan(
        LatencyRows.SPACE,
        size,
        seed,
        new LatencyConfig(30, 20, 4, 10),
        LatencyRows.MODEL,
        Map.of("source_dictionary", "abc"),
        List.of());
  }

  private Path written(int size, long seed) {
    Path file = folder.resolve("plan-" + seed + ".json");
    drawn(size, seed).write(file);
    return file;
  }

  private static LatencyDataset measure(Path csv, LatencyPlan plan, Hardware hardware) {
    return LatencyDataset.build(
        csv,
        new LatencyDataset.Plan(plan, hardware, plan.made()),
        a -> LatencyRows.latency(a, 1),
        (done, of, row) -> {});
  }

  @Test
  void theFileSaysEverything() {
    LatencyPlan plan = LatencyPlan.read(written(5, 3));
    LatencyPlan drawn = drawn(5, 3);
    for (int i = 0; i < 5; i++) {
      assertThat(plan.listed().get(i)).isEqualTo(drawn.architecture(i));
    }
    assertThat(plan)
        .isEqualTo(
            new LatencyPlan(
                drawn.space(), 5, 3, drawn.settings(), drawn.model(), drawn.made(), plan.listed()));
  }

  @Test
  void theDeviceContinuesAndTheFilesAreAccepted() throws Exception {
    LatencyPlan plan = LatencyPlan.read(written(12, 3));
    Path csv = folder.resolve("device.csv");
    measure(csv, plan, DEVICE);
    String whole = Files.readString(csv);
    // Killed in the seventh row.
    Files.writeString(csv, whole.substring(0, whole.length() / 2));
    measure(csv, plan, DEVICE);
    assertThat(Files.readString(csv)).isEqualTo(whole);

    Path back = folder.resolve("back.csv");
    Files.move(csv, back);
    Files.move(LatencyDataset.sideFile(csv), LatencyDataset.sideFile(back));
    LatencyDataset dataset = LatencyDataset.read(back);
    assertThat(dataset.hardware()).contains(DEVICE);
    PredictorConfig config =
        new PredictorConfig(
            PredictorConfig.Kind.MOS,
            ModelSettings.FEATURE_NORM.defaultValue().orElseThrow(),
            0,
            16,
            3,
            10,
            2,
            1e-3);
    LatencyPredictor predictor = LatencyPredictor.train(dataset, config, 1);
    predictor.requireHardware(DEVICE, false, "predictor");
    Hardware here = new Hardware("pi", "Xeon", 4, 4, "int8", "cpu", "17", "", "1.29.0");
    assertThatThrownBy(() -> predictor.requireHardware(here, false, "predictor"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Cortex-A76");
  }

  @Test
  void anotherPlanOrDeviceDoesNotContinue() {
    Path csv = folder.resolve("device.csv");
    measure(csv, LatencyPlan.read(written(3, 3)), DEVICE);
    assertThatThrownBy(() -> measure(csv, LatencyPlan.read(written(3, 4)), DEVICE))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("architectures are others; seed 3, now 4");
    Hardware other = new Hardware("pi4", "Cortex-A72", 4, 4, "int8", "cpu", "17", "", "1.29.0");
    assertThatThrownBy(() -> measure(csv, LatencyPlan.read(written(3, 3)), other))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("Cortex-A72");
  }

  @Test
  void mixedRowsAreRefused() throws Exception {
    Path csv = folder.resolve("a.csv");
    Path other = folder.resolve("b.csv");
    measure(csv, LatencyPlan.read(written(4, 3)), DEVICE);
    measure(other, LatencyPlan.read(written(4, 4)), DEVICE);
    List<String> lines = Files.readAllLines(csv);
    lines.set(2, Files.readAllLines(other).get(2));
    Files.write(csv, lines);
    assertThatThrownBy(() -> LatencyDataset.read(csv))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("a.csv: row 2 is not the architecture")
        .hasMessageContaining("mixed");
    // The other's rows beside this side file, and more rows than were planned.
    Files.copy(other, csv, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> LatencyDataset.read(csv)).hasMessageContaining("row 1 is not");
  }

  @Test
  void whatIsNoPlanIsRefused() throws Exception {
    Path file = written(3, 3);
    String text = Files.readString(file);
    Files.writeString(file, "{}");
    assertThatThrownBy(() -> LatencyPlan.read(file))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("plan-3.json: not a plan");
    Files.writeString(file, text.substring(0, text.length() / 2));
    assertThatThrownBy(() -> LatencyPlan.read(file)).isInstanceOf(MosException.class);
    Files.writeString(file, text.replace("\"size\" : 3", "\"size\" : 4"));
    assertThatThrownBy(() -> LatencyPlan.read(file)).hasMessageContaining("lists 3 architectures");
    Files.writeString(
        file, text.replaceFirst("\"encoder_embed_dim\" : \\d+", "\"encoder_embed_dim\" : 999"));
    assertThatThrownBy(() -> LatencyPlan.read(file))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("plan-3.json");
  }
}
