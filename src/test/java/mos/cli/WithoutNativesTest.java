package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Commands that compute nothing load nothing of libtorch and its natives, so they start at once.
 */
class WithoutNativesTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "train --help",
        "generate-script --task sample --output_dir OUT",
        "measure --describe --configs configs/tasks/sample.yml --vocabulary-size 1408 --sub-configs ARCH",
        "preprocess --source-lang en --target-lang de --trainpref RAW --destdir OUT",
        "score --sys RAW.en --ref RAW.en",
        "report OUT",
        "completion bash"
      })
  void noClassOfLibtorchIsLoaded(String line) throws Exception {
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("raw.en"), "a small house\n");
    Files.writeString(folder.resolve("raw.de"), "ein kleines Haus\n");
    Files.writeString(folder.resolve("out/translations.jsonl"), "{\"source\":\"a\"}\n");
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
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xlog:class+load:file=" + folder.resolve("classes.log")));
    command.addAll(List.of("-Dmos.home=" + Path.of("").toAbsolutePath()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "mos.cli.Main"));
    String put =
        line.replace("OUT", folder.resolve("out").toString())
            .replace("RAW", folder.resolve("raw").toString())
            .replace("ARCH", folder.resolve("arch.yml").toString());
    command.addAll(List.of(put.split(" ")));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    List<String> loaded = Files.readAllLines(folder.resolve("classes.log"));
    assertThat(loaded).anyMatch(l -> l.contains("mos.cli.Main"));
    // Classes that only name tensors may be read; JavaCPP's loader is what brings libraries in.
    assertThat(loaded.stream().filter(l -> l.contains("org.bytedeco.javacpp.Loader "))).isEmpty();
  }
}
