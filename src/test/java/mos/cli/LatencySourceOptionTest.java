package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** A source of another jar, {@code mos.latency.CountedSource}, behind the commands that measure. */
class LatencySourceOptionTest {
  private static CommandLineRun measure(Object... more) {
    Object[] words = {
      "measure", "--sub-configs", "src/test/resources/hat/subtransformer.yml", "--json"
    };
    return CommandLineRun.of(
        java.util.stream.Stream.of(words, more).flatMap(java.util.stream.Stream::of).toArray());
  }

  @Test
  void anotherSourceMeasures() {
    JsonNode figures =
        measure("--latency-source", "counted:100", "--hardware-spec", "board").json();
    assertThat(figures.path("latency_ms").asDouble())
        .isEqualTo(figures.path("flops").asDouble() / 1e8);
    assertThat(figures.path("hardware").path("device").asText()).isEqualTo("counted");
    assertThat(figures.path("hardware").path("spec").asText()).isEqualTo("board");
    // The source that is named counts, not the command.
    JsonNode slower = measure("--latency-source", "counted:50", "--runner", "false").json();
    assertThat(slower.path("latency_ms").asDouble())
        .isEqualTo(2 * figures.path("latency_ms").asDouble());
  }

  @Test
  void unknownSourceIsAUsageError() {
    measure("--latency-source", "board").failed(2, "latency-source: got board, must be one of");
    measure("--latency-source", "command").failed(2, "runner is needed");
  }

  @Test
  void onnxRuntimeMeasures() {
    JsonNode figures =
        measure(
                "--runtime",
                "onnx",
                "--runtime-precision",
                "int8",
                "--vocabulary-size",
                100,
                "--latency-source-length",
                2,
                "--latiter",
                1,
                "--threads",
                1)
            .json();
    assertThat(figures.path("latency_ms").asDouble()).isPositive();
    JsonNode hardware = figures.path("hardware");
    assertThat(hardware.path("onnxruntime").asText()).startsWith("1.");
    assertThat(hardware.path("libtorch").asText()).isEmpty();
    assertThat(hardware.path("precision").asText()).isEqualTo("int8");
    assertThat(hardware.path("threads").asInt()).isEqualTo(1);
    measure("--runtime-precision", "int8").failed(2, "int8, which libtorch does not have");
  }
}
