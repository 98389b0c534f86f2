package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateCommandTest {
  @TempDir static Path folder;
  private static TinyTask task;
  private static Path model;

  @BeforeAll
  static void train() throws IOException {
    task = TinyTask.in(folder);
    CommandLineRun.of(
            "train-subtransformer",
            "--configs",
            task.file(),
            "--sub-configs",
            task.architecture(),
            "--data",
            task.data(),
            "--sub-max-update",
            15,
            "--sub-warmup-updates",
            5,
            "--max-lr",
            0.005,
            "--save-dir",
            folder.resolve("model"))
        .succeeded();
    model = folder.resolve("model/checkpoint_last.safetensors");
  }

  private static CommandLineRun generate(Object... more) {
    List<Object> words =
        new ArrayList<>(List.of("generate", "--configs", task.file(), "--path", model));
    words.addAll(List.of(more));
    return CommandLineRun.of(words.toArray());
  }

  private static String[] file(Path prefix, String ending) throws IOException {
    return Files.readString(prefix.resolveSibling(prefix.getFileName() + ending)).split("\n");
  }

  /** A checkpoint in a process of its own, an exported model in this one. */
  @Test
  void realSentencesAreTimedOneAtATime() {
    JsonNode own = measured(model, "--latency-sentences", 7);
    assertThat(own.path("sentences").asInt()).isEqualTo(7);
    assertThat(own.path("latency_p50_ms").asDouble())
        .isPositive()
        .isLessThanOrEqualTo(own.path("latency_p95_ms").asDouble());
    assertThat(own.path("memory_of").asText()).isEqualTo("process");
    assertThat(own.path("peak_memory_mb").asDouble())
        .isBetween(30.0, own.path("peak_memory_batches_mb").asDouble());
    Path exported = folder.resolve("exported");
    JsonNode written =
        CommandLineRun.of(
                "export", "--path", model, "--data", task.data(), "--out", exported, "--json")
            .json();
    assertThat(own.path("params")).isEqualTo(written.path("parameters"));
    // All that there are, where fewer than were asked for.
    assertThat(measured(exported, "--latency-threads", 1).path("sentences").asInt()).isEqualTo(20);
  }

  private static JsonNode measured(Path of, Object... more) {
    List<Object> words =
        new ArrayList<>(
            List.of("measure-translation", "--configs", task.file(), "--path", of, "--json"));
    words.addAll(List.of(more));
    return CommandLineRun.of(words.toArray()).json();
  }

  /** Whatever is translated together, and by whom. */
  @Test
  void translationsAreTheSame() throws IOException {
    Path expected = folder.resolve("expected");
    generate("--results-path", expected, "--nbest", 2, "--batch-size", 1).succeeded();
    Object[][] ways = {
      {"--batch-size", 7},
      {"--deterministic", "true"},
      {"--num_gpus", 2, "--device", "cpu"},
      {}
    };
    for (Object[] way : ways) {
      Path got = folder.resolve("got");
      List<Object> words = new ArrayList<>(List.of("--results-path", got, "--nbest", 2));
      words.addAll(List.of(way));
      generate(words.toArray()).succeeded();
      assertThat(file(got, ".hyp.tok"))
          .as("%s", List.of(way))
          .isEqualTo(file(expected, ".hyp.tok"));
    }
  }

  /** What other processes translated is printed by the one that was called. */
  @Test
  void severalProcessesPrintInOrder() {
    String expected = generate("--plain").succeeded().out();
    String got = generate("--plain", "--num_gpus", 2, "--device", "cpu").succeeded().out();
    assertThat(got).isEqualTo(expected);
    assertThat(got.lines().count()).isGreaterThan(10);
  }

  /** Of weights that libtorch has, and of a folder that ONNX Runtime alone can read. */
  @Test
  void onnxRuntimeTranslatesTheSame() {
    String expected = generate("--plain").succeeded().out();
    assertThat(generate("--plain", "--runtime", "onnx", "--threads", 1).succeeded().out())
        .isEqualTo(expected);
    Path onnx = export("onnx", "none");
    assertThat(generateOf(onnx, "--plain").succeeded().out()).isEqualTo(expected);
    generateOf(onnx, "--runtime", "libtorch").failed(2, "is a folder for ONNX Runtime");
    generateOf(onnx, "--runtime-precision", "int8").failed(2, "got int8, but");
    generateOf(onnx, "--device", "cuda").failed(2, "runtime onnx translates on the CPU");
  }

  @Test
  void int8OfWeightsIsThatOfAFolder() {
    String expected =
        generate("--plain", "--runtime", "onnx", "--runtime-precision", "int8").succeeded().out();
    assertThat(expected.lines().count()).isGreaterThan(10);
    assertThat(generateOf(export("int8", "int8"), "--plain").succeeded().out()).isEqualTo(expected);
    generate("--runtime-precision", "int8").failed(2, "int8, which libtorch does not have");
  }

  private static Path export(String name, String quantize) {
    Path target = folder.resolve(name);
    CommandLineRun.of(
            "export",
            "--path",
            model,
            "--data",
            task.data(),
            "--format",
            "onnx",
            "--quantize",
            quantize,
            "--out",
            target)
        .succeeded();
    return target;
  }

  private static CommandLineRun generateOf(Path exported, Object... more) {
    List<Object> words =
        new ArrayList<>(List.of("generate", "--configs", task.file(), "--path", exported));
    words.addAll(List.of(more));
    return CommandLineRun.of(words.toArray());
  }
}
