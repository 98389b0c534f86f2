package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mistakes of users and broken files: one clear message, exit 1 or 2, nothing written. */
class BadInputTest {
  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  @TempDir static Path folder;
  private static TinyTask task;
  private static Path checkpoint;

  @BeforeAll
  static void trainSupernet() throws IOException {
    task = TinyTask.in(folder);
    CommandLineRun.of(
            "train",
            "--configs",
            task.file(),
            "--save-dir",
            folder.resolve("supernet"),
            "--max-update",
            "2",
            "--warmup-updates",
            "1")
        .succeeded();
    checkpoint = folder.resolve("supernet/checkpoint_best.safetensors");
  }

  /** Runs what must fail with this code and message, and must leave every file as it was. */
  private static void assertFails(int code, List<String> parts, Object... words)
      throws IOException {
    Map<String, FileTime> before = TinyTask.times(folder);
    CommandLineRun.of(words).failed(code, parts.toArray(String[]::new));
    assertThat(TinyTask.times(folder)).isEqualTo(before);
  }

  private static void assertRunFails(int code, String line, String... parts) throws IOException {
    Path file =
        task.write("bad.yml", Files.readString(task.file()).replaceAll("(?m)^max-tokens.*", line));
    Path out = folder.resolve("refused");
    assertFails(code, List.of(parts), "run", "--task", file, "--output-dir", out, "--trial-run", 1);
    assertThat(out).doesNotExist();
  }

  private static Path truncated(Path file, long bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(bytes);
    }
    return file;
  }

  private static Path copyOfData(String name) throws IOException {
    Path copy = Files.createDirectory(folder.resolve(name));
    try (Stream<Path> files = Files.list(task.data())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  @Test
  void unknownKeyNamesTheNearest() throws IOException {
    assertRunFails(
        USAGE,
        "max-tokns: 256",
        "unknown key max-tokns",
        "nearest known key: max-tokens",
        "bad.yml:");
  }

  @Test
  void wrongTypeIsNamed() throws IOException {
    assertRunFails(USAGE, "max-tokens: many", "max-tokens: got many", "whole number", "bad.yml:");
    assertFails(
        USAGE,
        List.of("beam: got wide", "--beam on the command line"),
        "run",
        "--task",
        task.file(),
        "--beam",
        "wide");
  }

  @Test
  void brokenYamlIsNamedWithItsLine() throws IOException {
    assertRunFails(USAGE, "max-tokens: [1", "not valid YAML", "bad.yml:");
    assertRunFails(
        USAGE, "max-tokens: 256\nmax-tokens: 128", "max-tokens: given twice", "bad.yml:");
  }

  @Test
  void choiceThatTheSuperTransformerCannotHoldIsNamed() throws IOException {
    assertRunFails(
        USAGE, "encoder-embed-dim: 16", "encoder-embed-choice: got 32", "in 1..16", "bad.yml:");
    assertRunFails(USAGE, "decoder-layers: 1", "decoder-layer-num-choice: got 2", "in 1..1");
  }

  @Test
  void architectureOutsideTheSpaceIsNamed() throws IOException {
    Path odd =
        task.write("odd.yml", TinyTask.ARCHITECTURE.replace("transformer: 16", "transformer: 24"));
    Path wide =
        task.write("wide.yml", TinyTask.ARCHITECTURE.replace("transformer: 16", "transformer: 64"));
    for (String command : List.of("validate", "generate", "export", "train-subtransformer")) {
      for (Path file : List.of(odd, wide)) {
        assertFails(
            USAGE,
            List.of(
                "encoder-embed-dim-subtransformer: got " + (file == odd ? 24 : 64),
                "must be one of the search space's [32, 16]",
                file == odd ? "odd" : "wide"),
            words(command, file));
      }
    }
    assertFails(
        USAGE,
        List.of("encoder-embed-dim-subtransformer: got 64", "search space's [32, 16]", "wide.yml"),
        "measure",
        "--configs",
        task.file() + "," + wide);
  }

  /** A call of {@code command} on the SuperTransformer, with this architecture. */
  private static Object[] words(String command, Path architecture) {
    return switch (command) {
      case "export" ->
          new Object[] {
            command,
            "--path",
            checkpoint,
            "--sub-configs",
            architecture,
            "--out",
            folder.resolve("no")
          };
      case "train-subtransformer" ->
          new Object[] {
            command,
            "--configs",
            task.file(),
            "--sub-configs",
            architecture,
            "--init",
            "supernet",
            "--restore-file",
            checkpoint,
            "--save-dir",
            folder.resolve("no")
          };
      default ->
          new Object[] {
            command, "--configs", task.file(), "--path", checkpoint, "--sub-configs", architecture
          };
    };
  }

  @Test
  void architectureFileWithoutAKeyNamesIt() throws IOException {
    Path part =
        task.write("part.yml", TinyTask.ARCHITECTURE.replaceAll("decoder-layer-num.*\n", ""));
    Path few = task.write("few.yml", TinyTask.ARCHITECTURE.replace("[32, 64]", "[32]"));
    for (String command : List.of("validate", "generate", "export", "train-subtransformer")) {
      assertFails(
          USAGE,
          List.of("decoder-layer-num-subtransformer: not given, need"),
          words(command, part));
      assertFails(
          USAGE,
          List.of(
              "encoder-ffn-embed-dim-all-subtransformer: got", "a list of 2 values", "few.yml:3"),
          words(command, few));
    }
    assertFails(USAGE, List.of("subtransformer: not given, need"), "measure", "--describe");
  }

  @Test
  void infeasibleConstraintIsToldWithTheFastest() throws IOException {
    List<String> told = List.of("no SubTransformer under 0.001 ms", "the smallest", "takes");
    assertFails(
        FAILURE,
        told,
        "evo-search",
        "--configs",
        task.file(),
        "--restore-file",
        checkpoint,
        "--latency-constraint",
        "0.001",
        "--write-config-path",
        folder.resolve("no/architecture.yml"));
    Path out = folder.resolve("infeasible");
    task.run(out, "--latency-constraint", "0.001").failed(FAILURE, told.toArray(String[]::new));
    assertThat(TinyTask.times(out)).isEmpty();
    task.run(out, "--flops-constraint", "0.000001")
        .failed(FAILURE, "no SubTransformer under 0.000001 GFLOPs");
  }

  @Test
  void missingFilesAreNamed() throws IOException {
    Path absent = folder.resolve("absent");
    String said = "absent: no such file";
    assertFails(
        USAGE, List.of("task: got", "absent.yml", "sample"), "run", "--task", absent + ".yml");
    assertFails(USAGE, List.of("task: got absent", "sample"), "run", "--task", "absent");
    assertFails(FAILURE, List.of(said), "validate", "--data", task.data(), "--path", absent);
    assertFails(FAILURE, List.of(said), "measure", "--sub-configs", absent);
    assertFails(FAILURE, List.of(said), "score", "--sys", absent, "--ref", absent);
    assertFails(FAILURE, List.of(said), "apply-bpe", "--codes", absent);
    assertFails(FAILURE, List.of("absent"), "dump-data", absent);
    assertFails(FAILURE, List.of("absent"), "parity", absent);
    assertFails(USAGE, List.of("absent: no such folder"), "report", absent);
    assertFails(
        FAILURE,
        List.of("no such file"),
        "import",
        "--path",
        absent,
        "--out",
        folder.resolve("no"));
    assertFails(
        USAGE,
        List.of("data: no such folder", "absent"),
        "validate",
        "--data",
        absent,
        "--path",
        checkpoint);
    assertFails(
        USAGE,
        List.of("data: no such folder", "absent"),
        "run",
        "--task",
        task.file(),
        "--data",
        absent,
        "--output-dir",
        folder.resolve("no"));
  }

  /** The vocabulary decides what is measured, so a folder that a file names must be there too. */
  @Test
  void whatIsMeasuredNeedsItsDataFolder() throws IOException {
    Path elsewhere = task.write("elsewhere.yml", "data: " + folder.resolve("absent") + "\n");
    String files = task.file() + "," + elsewhere;
    for (List<Object> words :
        List.<List<Object>>of(
            List.of("measure", "--describe", "--sub-configs", task.architecture()),
            List.of("bench", "--bench-updates", 1))) {
      List<Object> all = new ArrayList<>(words);
      all.addAll(List.of("--configs", files));
      assertFails(
          USAGE,
          List.of("data: got", "absent", "elsewhere.yml:1", "--vocabulary-size"),
          all.toArray());
    }
    CommandLineRun described =
        CommandLineRun.of(
                "measure",
                "--describe",
                "--sub-configs",
                task.architecture(),
                "--configs",
                files,
                "--vocabulary-size",
                100)
            .succeeded();
    assertThat(described.out()).contains("a vocabulary of 100 (--vocabulary-size)");
    assertFails(
        USAGE,
        List.of("latency-constraint: got 140%, must be a share of the largest"),
        "run",
        "--task",
        task.file(),
        "--latency-constraint",
        "140%");
  }

  @Test
  void aLanguageThatTheDataDoNotHaveIsRefused() throws IOException {
    Object[] words = {"validate", "--data", task.data(), "--path", checkpoint};
    assertFails(
        USAGE,
        List.of("target-lang fr", "the data in " + task.data() + " has aa-bb"),
        with(words, "--source-lang", "aa", "--target-lang", "fr"));
    // The other direction of the data is theirs too, and not this model's.
    assertFails(
        USAGE,
        List.of("languages: got bb-aa", "was trained for aa-bb"),
        with(words, "--source-lang", "bb"));
  }

  private static Object[] with(Object[] words, Object... more) {
    Object[] all = Arrays.copyOf(words, words.length + more.length);
    System.arraycopy(more, 0, all, words.length, more.length);
    return all;
  }

  @Test
  void emptyDataFolderIsNamed() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFails(
        FAILURE, List.of(empty.toString()), "validate", "--data", empty, "--path", checkpoint);
    assertFails(
        FAILURE,
        List.of(empty.toString()),
        "train",
        "--configs",
        task.file(),
        "--data",
        empty,
        "--save-dir",
        folder.resolve("no"));
  }

  @Test
  void truncatedIndexIsNamed() throws IOException {
    Path data = copyOfData("cut");
    for (long bytes : new long[] {60, 20, 3, 0}) {
      truncated(data.resolve("train.aa-bb.bb.idx"), bytes);
      assertFails(
          FAILURE,
          List.of("train.aa-bb.bb.idx"),
          "train",
          "--configs",
          task.file(),
          "--data",
          data,
          "--save-dir",
          folder.resolve("no"));
    }
  }

  @Test
  void dictionaryOfAnotherModelIsRefused() throws IOException {
    Path data = copyOfData("other");
    for (String language : List.of("aa", "bb")) {
      Files.writeString(
          data.resolve("dict." + language + ".txt"), "another 1\n", StandardOpenOption.APPEND);
    }
    for (String command : List.of("validate", "generate", "train-subtransformer")) {
      Object[] words = words(command, task.architecture());
      Object[] all = java.util.Arrays.copyOf(words, words.length + 2);
      all[words.length] = "--data";
      all[words.length + 1] = data;
      Map<String, FileTime> before = TinyTask.times(folder);
      CommandLineRun run = CommandLineRun.of(all);
      assertThat(run.code()).isIn(FAILURE, USAGE);
      run.failed(run.code(), "dictionary", checkpoint.toString());
      assertThat(TinyTask.times(folder)).isEqualTo(before);
    }
  }

  @Test
  void whatIsNoCheckpointOrIsCutIsNamed() throws IOException {
    Path text = task.write("text.safetensors", "this is not a checkpoint, it is text");
    Path cut = Files.copy(checkpoint, folder.resolve("cut.safetensors"));
    truncated(cut, Files.size(cut) - 1000);
    Path empty = task.write("empty.safetensors", "");
    for (Path file : List.of(text, cut, empty)) {
      String name = file.getFileName().toString();
      assertFails(FAILURE, List.of(name), "validate", "--data", task.data(), "--path", file);
      assertFails(
          FAILURE,
          List.of(name),
          "generate",
          "--data",
          task.data(),
          "--path",
          file,
          "--sub-configs",
          task.architecture());
      assertFails(FAILURE, List.of(name), "export", "--path", file, "--out", folder.resolve("no"));
      assertFails(
          FAILURE,
          List.of(name),
          "average-checkpoints",
          "--inputs",
          checkpoint + "," + file,
          "--out",
          folder.resolve("no.safetensors"));
      assertFails(FAILURE, List.of(name), "import", "--path", file, "--out", folder.resolve("no"));
    }
  }

  @Test
  void unwritableOutputIsNamed() throws IOException {
    // A folder below a file cannot be made, not even by root.
    Path below = task.file().resolve("below");
    String name = "task.yml";
    Object[][] calls = {
      {"run", "--task", task.file(), "--output-dir", below},
      {"train", "--configs", task.file(), "--save-dir", below},
      {"latency-dataset", "--configs", task.file(), "--lat-dataset-path", below},
      {"export", "--path", checkpoint, "--sub-configs", task.architecture(), "--out", below},
      {"average-checkpoints", "--inputs", checkpoint, "--out", below},
      {"prepare-sample", "--data", below},
      {
        "evo-search",
        "--configs",
        task.file(),
        "--restore-file",
        checkpoint,
        "--write-config-path",
        below.resolve("a.yml")
      },
      {
        "generate",
        "--configs",
        task.file(),
        "--path",
        checkpoint,
        "--sub-configs",
        task.architecture(),
        "--results-path",
        below.resolve("t")
      },
      {
        "preprocess",
        "-s",
        "aa",
        "-t",
        "bb",
        "--trainpref",
        folder.resolve("train"),
        "--destdir",
        below
      },
    };
    for (Object[] call : calls) {
      assertFails(FAILURE, List.of("cannot", name), call);
    }
    assertFails(
        FAILURE,
        List.of("/proc/nowhere"),
        "run",
        "--task",
        task.file(),
        "--output-dir",
        "/proc/nowhere");
  }

  /** A petabyte of parameters. */
  @Test
  void modelThatFitsNoMemoryIsSaid() throws IOException {
    Path file =
        task.write(
            "huge.yml",
            Files.readString(task.file())
                .replaceAll("embed-choice: .*", "embed-choice: [65536]")
                .replaceAll("dim-choice: .*", "dim-choice: [1048576]")
                .replaceAll("layer-num-choice: .*", "layer-num-choice: [64]")
                .replaceAll("max-experts: .*", "max-experts: 16"));
    assertFails(
        FAILURE,
        List.of("not enough memory", "bytes", "free some"),
        "train",
        "--configs",
        file,
        "--device",
        "cpu",
        "--save-dir",
        folder.resolve("no"));
  }

  @Test
  void misuseShowsWhereHelpIs() throws IOException {
    assertFails(USAGE, List.of("serch", "See: mos --help"), "serch");
    assertFails(USAGE, List.of("no command was named", "See: mos --help"));
    assertFails(USAGE, List.of("--beem", "--beam", "See: mos run --help"), "run", "--beem", "5");
    assertFails(USAGE, List.of("--sys", "See: mos score --help"), "score");
    assertFails(USAGE, List.of("--codes", "See: mos apply-bpe --help"), "apply-bpe");
    assertFails(USAGE, List.of("--task", "See: mos run --help"), "run", "--task");
    assertFails(USAGE, List.of("path: not given"), "validate", "--data", task.data());
    assertFails(USAGE, List.of("restore-file is needed"), "evo-search", "--configs", task.file());
    assertFails(
        USAGE,
        List.of("beam: got 0"),
        "run",
        "--task",
        task.file(),
        "--trial_run",
        1,
        "--beam",
        "0");
  }
}
