package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import mos.base.DataLock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Options are read or refused, nothing is left out in silence, and contradictions end a command
 * before it works: the commands' part of docs/reliability.md, "Faults of a kind".
 */
class FaultsOfAKindTest {
  private static final String LONG = "ba ".repeat(1100);

  @TempDir static Path folder;
  private static TinyTask task;
  private static Path model;
  private static Path exported;

  @BeforeAll
  static void trainModel() throws IOException {
    task = TinyTask.in(folder);
    // The file's sub-max-update is what --max-update, as HAT calls it, must win over.
    Path common = task.write("common.yml", "sub-max-update: 40\nsub-warmup-updates: 1\n");
    JsonNode trained =
        CommandLineRun.of(
                "train-subtransformer",
                "--configs",
                task.file() + "," + common,
                "--sub-configs",
                task.architecture(),
                "--max-update",
                2,
                "--save-dir",
                folder.resolve("model"),
                "--json")
            .json();
    assertThat(trained.path("updates").asInt()).isEqualTo(2);
    model = folder.resolve("model/checkpoint_best.safetensors");
    exported = folder.resolve("exported");
    CommandLineRun.of("export", "--path", model, "--data", task.data(), "--out", exported)
        .succeeded();
  }

  private static CommandLineRun run(String command, Object... more) {
    Object[] words = new Object[more.length + 3];
    words[0] = command;
    words[1] = "--configs";
    words[2] = task.file();
    System.arraycopy(more, 0, words, 3, more.length);
    return CommandLineRun.of(words);
  }

  private static CommandLineRun answer(String input, Object... more) {
    InputStream real = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      Object[] words = new Object[more.length + 4];
      words[0] = "--data";
      words[1] = task.data();
      words[2] = "--path";
      words[3] = model;
      System.arraycopy(more, 0, words, 4, more.length);
      return run("generate", words);
    } finally {
      System.setIn(real);
    }
  }

  /** A data folder with these lines as validation and test set. */
  private static Path data(String name, String source, String target) throws IOException {
    task.write(name + ".aa", source);
    task.write(name + ".bb", target);
    Path to = folder.resolve(name + "-data");
    CommandLineRun.of(
            "preprocess",
            "-s",
            "aa",
            "-t",
            "bb",
            "--validpref",
            folder.resolve(name),
            "--testpref",
            folder.resolve(name),
            "--trainpref",
            folder.resolve("train"),
            "--bpe-codes",
            task.data().resolve("codes"),
            "--joined-dictionary",
            "--srcdict",
            task.data().resolve("dict.aa.txt"),
            "--destdir",
            to)
        .succeeded();
    return to;
  }

  @Test
  void optionWinsOverFilesUnderThePublishedName() throws IOException {
    Path common =
        task.write("hat.yml", "train-subtransformer: True\nmax-update: 7\nwarmup-updates: 3\n");
    JsonNode trained =
        run(
                "train",
                "--configs",
                common,
                "--sub-configs",
                task.architecture(),
                "--max_update",
                3,
                "--save-dir",
                folder.resolve("hat"),
                "--json")
            .json();
    assertThat(trained.path("updates").asInt()).isEqualTo(3);
  }

  @Test
  void optionThatACommandDoesNotReadIsRefusedAndTheNearestNamed() {
    run("train", "--sub-max-update", 3, "--save-dir", folder.resolve("no"))
        .failed(2, "--sub-max-update", "--train-subtransformer", "nearest option is --max-update");
    run("train", "--restore-file", model, "--save-dir", folder.resolve("no"))
        .failed(2, "--restore-file");
    for (String[] words :
        List.of(
            new String[] {"run", "--interactive"},
            new String[] {"run", "--results-path", "x"},
            new String[] {"validate", "--evo-configs", "x"},
            new String[] {"doctor", "--sub-configs", "x"},
            new String[] {"train-subtransformer", "--sandwich-rule", "1"},
            new String[] {"evaluate-supernet", "--distill", "kl"})) {
      CommandLineRun.of((Object[]) words).failed(2, "Unknown option");
    }
    assertThat(folder.resolve("no")).doesNotExist();
  }

  @Test
  void commaOfAPathDividesNothing() throws IOException {
    Path odd = Files.createDirectory(folder.resolve("a,b"));
    Path one = Files.writeString(odd.resolve("x.yml"), "beam: 3\n");
    Path two = Files.writeString(folder.resolve("y,z.yml"), "lenpen: 0.25\n");
    JsonNode figures =
        run("generate", "--path", model, "--configs", one + "," + two, "--json").json();
    assertThat(figures.path("beam").asInt()).isEqualTo(3);
    assertThat(figures.path("lenpen").asDouble()).isEqualTo(0.25);
  }

  @Test
  void validationLossDoesNotDependOnMaxTokens() {
    JsonNode one = run("validate", "--path", model, "--max-tokens", 3, "--json").json();
    CommandLineRun other = run("validate", "--path", exported, "--max-tokens", 4000, "--json");
    JsonNode all = other.json().path("subtransformer");
    assertThat(one.path("subtransformer").path("loss").asDouble())
        .isCloseTo(all.path("loss").asDouble(), org.assertj.core.data.Offset.offset(1e-5));
    assertThat(all.path("skipped").asInt()).isZero();
  }

  @Test
  void pairsThatAreLeftOutAreCountedAndNamed() throws IOException {
    CommandLineRun trained =
        run(
            "train-subtransformer",
            "--sub-configs",
            task.architecture(),
            "--max-update",
            1,
            "--max-tokens",
            6,
            "--save-dir",
            folder.resolve("short"),
            "--json");
    int skipped = trained.json().path("skipped").asInt();
    assertThat(skipped).isPositive();
    Path data = data("long", "ba de\n" + LONG + "\n", "de ba\nba\n");
    CommandLineRun validated = run("validate", "--path", model, "--data", data, "--json");
    assertThat(validated.json().path("subtransformer").path("skipped").asInt()).isEqualTo(1);
  }

  @Test
  void longSentenceIsNamedByItsNumberAndCanBeSkipped() throws IOException {
    Path data = data("far", "ba de\n" + LONG + "\nde\n", "de ba\nba\nde\n");
    run("generate", "--path", model, "--data", data)
        .failed(1, "sample #1 (line 2) of test", "at most 1024", "--skip-invalid-size-inputs");
    JsonNode some =
        run(
                "generate",
                "--path",
                model,
                "--data",
                data,
                "--skip-invalid-size-inputs-valid-test",
                "--results-path",
                folder.resolve("some"),
                "--json")
            .json();
    assertThat(some.path("sentences").asInt()).isEqualTo(2);
    assertThat(some.path("skipped").asInt()).isEqualTo(1);
    assertThat(Files.readAllLines(folder.resolve("some.ref.tok"))).containsExactly("de ba", "de");
    String plain =
        run("generate", "--path", model, "--data", data, "--plain", "--skip-invalid-size-inputs")
            .succeeded()
            .out();
    assertThat(plain.lines().toList()).hasSize(3).element(1).isEqualTo("");
    // Not after days of training.
    CommandLineRun.of(
            "run", "--task", task.file(), "--data", data, "--output-dir", folder.resolve("run"))
        .failed(1, "sample #1 (line 2) of valid");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void emptyLinesStayEmptyAndOneLongLineEndsNothing() {
    String input = "\nba de\n" + LONG + "\nde\n";
    String cut = answer(input, "--interactive", "--plain").succeeded().out();
    assertThat(cut.split("\n", -1)).hasSize(5);
    assertThat(cut.split("\n", -1)[2]).isNotEmpty();
    String out =
        answer(input, "--interactive", "--plain", "--skip-invalid-size-inputs").succeeded().out();
    assertThat(out.split("\n", -1)).hasSize(5);
    assertThat(out).startsWith("\n");
    assertThat(out.split("\n", -1)[2]).isEmpty();
    JsonNode figures =
        answer(input, "--interactive", "--skip-invalid-size-inputs", "--json").json();
    assertThat(figures.path("sentences").asInt()).isEqualTo(3);
    assertThat(figures.path("skipped").asInt()).isEqualTo(1);
  }

  @Test
  void emptySetIsAnErrorBeforeTheWork() throws IOException {
    Path data = data("empty", "", "");
    run("validate", "--path", model, "--data", data)
        .failed(1, "the validation set has no sentences");
    run("train", "--data", data, "--save-dir", folder.resolve("none"))
        .failed(1, "the validation set has no sentences");
    run("generate", "--path", model, "--data", data).failed(1, "the test set has no sentences");
    assertThat(folder.resolve("none")).doesNotExist();
  }

  @Test
  void contradictionsAreRefused() {
    Path results = folder.resolve("results");
    Object[][] generations = {
      {"--min-len", 60, "--max-len-a", 0, "--max-len-b", 10},
      {"--max-len-a", 0, "--max-len-b", 0},
      {"--nbest", 3, "--beam", 2},
      {"--nbest", 2, "--beam", 2, "--plain"},
      {"--beam", 500},
      {"--interactive", "--results-path", results},
      {"--interactive", "--gen-subset", "valid"},
      {"--source-lang", "bb", "--target-lang", "aa"},
      {"--source-lang", "bb"},
      {"--source-lang", "cc", "--target-lang", "bb"},
    };
    for (Object[] words : generations) {
      Object[] all = new Object[words.length + 2];
      all[0] = "--path";
      all[1] = model;
      System.arraycopy(words, 0, all, 2, words.length);
      assertThat(run("generate", all)).as("%s", List.of(words)).returns(2, CommandLineRun::code);
    }
    Object[][] trainings = {
      {"--max-lr", 1e-8, "--lr", 1e-3},
      {"--lr-scheduler", "inverse_sqrt", "--max-lr", 1e-3},
      {"--distill-weight", 0.5},
      {"--distill", "kl", "--sandwich-rule", 0},
      {"--adam-betas", "0.9,1"},
      {"--max-tokens-per-pass", 8},
      {"--dropout", 1},
      {"--target-lang", "cc"},
    };
    for (Object[] words : trainings) {
      Object[] all = java.util.Arrays.copyOf(words, words.length + 2);
      all[words.length] = "--save-dir";
      all[words.length + 1] = folder.resolve("never");
      assertThat(run("train", all)).as("%s", List.of(words)).returns(2, CommandLineRun::code);
    }
    CommandLineRun.of("run", "--task", task.file(), "--population-size", 5, "--output-dir", results)
        .failed(2, "population-size", "parent-size + mutation-size + crossover-size");
    assertThat(folder.resolve("never")).doesNotExist();
    assertThat(results).doesNotExist();
  }

  @Test
  void languagesComeFromTheDataAndAnotherPairIsNamed() throws IOException {
    Path file = task.write("pair.yml", "source-lang: en\ntarget-lang: de\n");
    run("validate", "--configs", file, "--path", model)
        .failed(2, "source-lang en", "target-lang de", "pair.yml:1", "aa-bb");
    CommandLineRun.of("generate", "--path", exported, "--source-lang", "bb", "--interactive")
        .failed(2, "source-lang bb", "aa-bb");
  }

  @Test
  void dataThatIsReadIsNotReplaced() {
    Path data = task.data();
    try (DataLock reading = DataLock.reading(data);
        DataLock other = DataLock.reading(data)) {
      CommandLineRun.of(
              "preprocess",
              "-s",
              "aa",
              "-t",
              "bb",
              "--trainpref",
              folder.resolve("train"),
              "--validpref",
              folder.resolve("valid"),
              "--testpref",
              folder.resolve("test"),
              "--destdir",
              data)
          .failed(1, "is being read");
    }
    run("validate", "--path", model).succeeded();
  }
}
