package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import mos.translation.RandomModel;
import mos.translation.TranslationModel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes without any jar of libtorch's presets, as the small archive makes them. */
class WithoutLibtorchTest {
  private static final String SPACE = "configs/tasks/sample.yml";
  private static final String TEXT = "Foo. The cat's mat, at 11:00!\n\nDr. Who isn't here.\n";

  @TempDir static Path folder;

  /** Of ONNX Runtime. */
  private static Path model;

  @BeforeAll
  static void export() throws Exception {
    Path own = RandomModel.in(folder);
    model = folder.resolve("onnx");
    CommandLineRun.of("export", "--path", own, "--format", "onnx", "--out", model).succeeded();
    Files.writeString(
        folder.resolve("arch.yml"),
        """
        encoder-embed-dim-subtransformer: 160
        encoder-layer-num-subtransformer: 2
        encoder-ffn-embed-dim-all-subtransformer: [384, 256]
        encoder-self-attention-heads-all-subtransformer: [4, 4]
        decoder-embed-dim-subtransformer: 160
        decoder-layer-num-subtransformer: 1
        decoder-ffn-embed-dim-all-subtransformer: [192]
        decoder-self-attention-heads-all-subtransformer: [4]
        decoder-ende-attention-heads-all-subtransformer: [2]
        decoder-arbitrary-ende-attn-all-subtransformer: [2]
        """);
  }

  private static CommandLineRun without(String input, Object... words) throws Exception {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(place -> !place.contains("bytedeco"))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-Dmos.home=" + Path.of("").toAbsolutePath()));
    command.addAll(List.of("-cp", classPath, "mos.cli.Main"));
    Arrays.stream(words).map(Object::toString).forEach(command::add);
    Path in = Files.writeString(folder.resolve("in"), input);
    Path out = folder.resolve("stdout");
    Path err = folder.resolve("stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return new CommandLineRun(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  @Test
  void textIsTranslatedAsWithLibtorchHere() throws Exception {
    CommandLineRun run =
        without(TEXT, "generate", "--path", model, "--interactive", "--plain").succeeded();
    try (TranslationModel here = TranslationModel.load(model)) {
      String expected =
          TEXT.lines()
              .map(line -> here.translate(line).text() + "\n")
              .collect(Collectors.joining());
      assertThat(run.out()).isEqualTo(expected);
    }
  }

  @Test
  void aDataFolderIsTranslated() throws Exception {
    Path results = folder.resolve("results");
    without(
            "",
            "generate",
            "--path",
            model,
            "--data",
            folder.resolve("data"),
            "--gen-subset",
            "train",
            "--results-path",
            results)
        .succeeded();
    assertThat(Path.of(results + ".json")).content().contains("\"sentences\"");
  }

  @Test
  void anArchitectureIsMeasured() throws Exception {
    CommandLineRun run =
        without(
            "",
            "measure",
            "--configs",
            SPACE,
            "--vocabulary-size",
            "1408",
            "--sub-configs",
            folder.resolve("arch.yml"),
            "--runtime",
            "onnx",
            "--latiter",
            "2",
            "--json");
    assertThat(run.json().path("latency_ms").asDouble()).as("%s", run).isPositive();
  }

  @Test
  void aPlanIsMeasured() throws Exception {
    Path plan = folder.resolve("plan.json");
    without(
            "",
            "latency-dataset",
            "--configs",
            SPACE,
            "--data",
            folder.resolve("data"),
            "--target-lang",
            "fi",
            "--lat-dataset-size",
            "3",
            "--latiter",
            "2",
            "--latency-source-length",
            "4",
            "--plan",
            plan)
        .succeeded();
    Path csv = folder.resolve("latency.csv");
    CommandLineRun run =
        without(
            "",
            "latency-dataset",
            "--from-plan",
            plan,
            "--runtime",
            "onnx",
            "--runtime-precision",
            "int8",
            "--hardware-spec",
            "device",
            "--lat-dataset-path",
            csv,
            "--json");
    assertThat(run.json().path("rows").asInt()).isEqualTo(3);
    assertThat(Path.of(csv + ".json"))
        .content()
        .contains("\"device\"", "\"int8\"", "\"onnxruntime\"");
    without("", "latency-dataset", "--from-plan", plan, "--seed", "2", "--lat-dataset-path", csv)
        .failed(2, "seed: ", "left out with from-plan");
  }

  @Test
  void theDoctorSaysWhatThereIs() throws Exception {
    assertThat(without("", "doctor").succeeded().out())
        .contains("not in this archive", "to train and to search");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate --path OWN --interactive",
        "measure --configs SPACE --vocabulary-size 1408 --sub-configs ARCH",
        "measure --configs SPACE --vocabulary-size 1408 --sub-configs ARCH --precision fp32",
        "latency-dataset --configs SPACE --data DATA --target-lang fi --lat-dataset-path NEW",
        "train --configs SPACE --data DATA --save-dir NEW",
        "bench --configs SPACE",
        "export --path OWN --format onnx --out NEW",
        "parity NEW"
      })
  void whatNeedsLibtorchSaysWhereItIs(String line) throws Exception {
    String put =
        line.replace("OWN", folder.resolve("model").toString())
            .replace("SPACE", SPACE)
            .replace("ARCH", folder.resolve("arch.yml").toString())
            .replace("DATA", folder.resolve("data").toString())
            .replace("NEW", folder.resolve("new").toString());
    CommandLineRun run = without("", (Object[]) put.split(" "));
    run.failed(1, "libtorch is not in this archive", "mos-VERSION-linux-x86_64.tar.gz");
    assertThat(run.err().lines().filter(l -> l.startsWith("mos: "))).hasSize(1);
  }
}
