package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.Json;
import mos.base.MosException;
import mos.parity.GoldenFolder;
import mos.tensor.Native;
import mos.tensor.Precision;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ParityCommandTest {
  private static final Path MODELS = Path.of("src/test/resources/golden/model");

  @TempDir Path folder;

  @BeforeAll
  static void oneThread() {
    Native.setThreads(1);
  }

  private static int run(ByteArrayOutputStream printed, String... arguments) {
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      return new CommandLine(new ParityCommand()).execute(arguments);
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void agreementIsReportedAsJson() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    int code =
        run(
            printed,
            MODELS.toString(),
            "--skip",
            "neuronwise_m2",
            "--skip",
            "switch_moe_2",
            "--json");
    JsonNode report = Json.parse(printed.toString(StandardCharsets.UTF_8), "output");
    assertThat(code).isZero();
    assertThat(report.path("passed").asBoolean()).isTrue();
    assertThat(report.path("files")).hasSize(1);
    assertThat(report.path("files").path(0).path("figures").path("logits").asDouble())
        .isBetween(0., 1e-4);
  }

  @Test
  void changedWeightsFail() throws IOException {
    Files.copy(MODELS.resolve("hat.safetensors"), folder.resolve("hat.safetensors"));
    String json = Files.readString(MODELS.resolve("hat.json"));
    Files.writeString(
        folder.resolve("hat.json"),
        json.replaceFirst("\"label_smoothing\": *0\\.1", "\"label_smoothing\": 0.2"));
    assertThat(run(new ByteArrayOutputStream(), folder.toString())).isEqualTo(1);
  }

  @Test
  void aFolderWithoutGoldenFilesIsAnError() {
    assertThatThrownBy(() -> GoldenFolder.check(folder, "cpu", Precision.FP32, java.util.Set.of()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("no golden files");
  }
}
