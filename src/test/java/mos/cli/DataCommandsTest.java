package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DataCommandsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/fairseq_binary");

  @TempDir Path folder;

  private Exception failure;

  private String execute(Callable<Integer> command, Object... arguments) {
    StringWriter out = new StringWriter();
    String[] words = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setExecutionExceptionHandler(
            (e, commandLine, result) -> {
              failure = e;
              return 1;
            })
        .execute(words);
    return out.toString();
  }

  @Test
  void dumpPrintsEveryGoldenFormAlike() {
    JsonNode sentences = Json.read(GOLDEN.resolve("sentences.json"));
    StringBuilder expected = new StringBuilder();
    sentences.forEach(
        s ->
            expected
                .append(s.toString().replaceAll("[\\[\\]]", "").replace(',', ' '))
                .append('\n'));
    for (String form : new String[] {"lazy", "mmap", "mmap16"}) {
      String prefix = GOLDEN.resolve(form + ".en-de.en").toString();
      assertThat(execute(new DumpDataCommand(), prefix)).isEqualTo(expected.toString());
      assertThat(execute(new DumpDataCommand(), prefix + ".idx")).isEqualTo(expected.toString());
    }
    assertThat(failure).isNull();
  }

  @Test
  void preprocessedTextIsDumpedAgain() throws IOException {
    Files.writeString(folder.resolve("t.en"), "hello world\n\nworld\n");
    Files.writeString(folder.resolve("t.de"), "hallo welt\nwelt\nwelt\n");
    Path data = folder.resolve("data");
    String printed =
        execute(
            new PreprocessCommand(),
            "--source-lang",
            "en",
            "--target-lang",
            "de",
            "--trainpref",
            folder.resolve("t"),
            "--testpref",
            folder.resolve("t"),
            "--destdir",
            data,
            "--tokenizer",
            "none",
            "--threads",
            2,
            "--json");
    assertThat(failure).isNull();
    assertThat(Json.parse(printed, "stdout")).isEqualTo(Json.read(data.resolve("preprocess.json")));
    String dumped =
        execute(
            new DumpDataCommand(),
            data.resolve("train.en-de.en"),
            "--dict",
            data.resolve("dict.en.txt"));
    assertThat(dumped).isEqualTo("hello world\n\nworld\n");
    String text =
        execute(
            new DumpDataCommand(), folder.resolve("t.de"), "--dict", data.resolve("dict.de.txt"));
    assertThat(text).isEqualTo("hallo welt\nwelt\nwelt\n");
  }

  @Test
  void summaryIsForPeople() throws IOException {
    Files.writeString(folder.resolve("t.en"), "hello world\n");
    Files.writeString(folder.resolve("t.de"), "hallo\n");
    String printed =
        execute(
            new PreprocessCommand(),
            "-s",
            "en",
            "-t",
            "de",
            "--trainpref",
            folder.resolve("t"),
            "--destdir",
            folder.resolve("d"),
            "--tokenizer",
            "none");
    assertThat(printed)
        .contains("dict.en.txt: 8 symbols")
        .contains("train.en: 1 of 1 sentences, 3 tokens");
  }

  @Test
  void mistakesAreNamed() {
    execute(
        new PreprocessCommand(),
        "-s",
        "en",
        "-t",
        "de",
        "--trainpref",
        "t",
        "--tokenizer",
        "mecab");
    assertThat(failure)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("tokenizer: got mecab, must be moses or none");
    execute(new DumpDataCommand(), folder.resolve("absent"));
    assertThat(failure).isInstanceOf(MosException.class).hasMessageContaining("no corpus");
  }
}
