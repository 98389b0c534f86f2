package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mos.base.FolderLock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that would write the same output: the second one is refused, by name. */
@Timeout(120)
class OneAtATimeTest {
  @TempDir static Path folder;
  private static TinyTask task;
  private static Path supernet;
  private static Path reached;
  private static Path slowRunner;

  @BeforeAll
  static void trainSupernet() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")));
    task = TinyTask.in(folder);
    CommandLineRun.of(train(folder.resolve("supernet"))).succeeded();
    supernet = folder.resolve("supernet/checkpoint_best.safetensors");
    reached = folder.resolve("reached");
    slowRunner = task.write("slow.sh", "touch " + reached + "\nexec sleep 100\n");
  }

  private static Object[] train(Path out) {
    return words("train", "--max-update", 2, "--warmup-updates", 1, "--save-dir", out);
  }

  private static Object[] search(Path out, Object... more) {
    Path target = out.resolve("architecture.yml");
    return words(
        "evo-search", List.of("--restore-file", supernet, "--write-config-path", target), more);
  }

  private static Object[] latencies(Path csv) {
    return words("latency-dataset", "--lat-dataset-path", csv, "--runner", "/bin/sh " + slowRunner);
  }

  private static Object[] preprocess(Path text, Path out) {
    return new Object[] {
      "preprocess", "-s", "aa", "-t", "bb", "--trainpref", text, "--destdir", out
    };
  }

  private static Object[] words(String command, Object... more) {
    return words(command, List.of(more), new Object[0]);
  }

  private static Object[] words(String command, List<Object> some, Object... more) {
    List<Object> words = new ArrayList<>(List.of(command, "--configs", task.file()));
    words.addAll(some);
    words.addAll(List.of(more));
    return words.toArray();
  }

  /** Waits for a file whose name matches that of {@code file}. */
  private static void await(Path file, RunProcess process) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!exists(file)) {
      assertThat(process.handle().isAlive() && System.nanoTime() < end)
          .as(process.output())
          .isTrue();
      Thread.sleep(5);
    }
  }

  private static boolean exists(Path file) throws IOException {
    if (!Files.isDirectory(file.getParent())) {
      return false;
    }
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(file.getParent(), file.getFileName().toString())) {
      return found.iterator().hasNext();
    }
  }

  /** Starts a command, and once it is at work, again: the second is refused and harms nothing. */
  private static void assertSecondIsRefused(
      Path output, Path atWork, Runnable meanwhile, Object... words) throws Exception {
    Files.deleteIfExists(reached);
    try (RunProcess first = RunProcess.start(folder.resolve("log"), words)) {
      await(atWork, first);
      Map<String, ?> before = TinyTask.times(folder);
      CommandLineRun.of(words)
          .failed(
              1,
              output + ": in use by process " + first.handle().pid() + " since ",
              "name another");
      assertThat(TinyTask.times(folder)).isEqualTo(before);
      meanwhile.run();
      // The runner, too, would go on.
      first.handle().descendants().forEach(ProcessHandle::destroyForcibly);
      first.kill();
    }
  }

  @Test
  void latencyDatasetIsMeasuredByOneProcessAndAnotherBesideItByAnother() throws Exception {
    Path csv = folder.resolve("phone.csv");
    Path fastRunner = task.write("fast.sh", "echo 3\n");
    Object[] beside =
        words(
            "latency-dataset",
            "--lat-dataset-path",
            folder.resolve("board.csv"),
            "--lat-dataset-size",
            2,
            "--runner",
            "/bin/sh " + fastRunner);
    assertSecondIsRefused(
        csv, reached, () -> CommandLineRun.of(beside).succeeded(), latencies(csv));
  }

  @Test
  void searchIsDoneByOneProcess() throws Exception {
    Path out = folder.resolve("search");
    assertSecondIsRefused(out, reached, () -> {}, search(out, "--runner", "/bin/sh " + slowRunner));
  }

  /** The first one waits for its text, which is a pipe. */
  @Test
  void dataFolderIsMadeByOneProcess() throws Exception {
    for (String language : List.of("aa", "bb")) {
      String pipe = folder.resolve("pipe." + language).toString();
      assumeTrue(new ProcessBuilder("mkfifo", pipe).start().waitFor() == 0);
    }
    Path out = folder.resolve("made");
    assertSecondIsRefused(
        out, out.resolve(".preprocess/made"), () -> {}, preprocess(folder.resolve("pipe"), out));
    // What the first one left is no obstacle.
    CommandLineRun.of(preprocess(folder.resolve("train"), out)).succeeded();
  }

  @Test
  void everyCommandThatContinuesItsOutputLocksIt() throws Exception {
    Path out = folder.resolve("taken");
    List<Object[]> commands =
        List.of(
            train(out),
            search(out),
            preprocess(folder.resolve("train"), out),
            new Object[] {"prepare-sample", "--data", out},
            words("evaluate-supernet", "--restore-file", supernet, "--evaluation-dir", out),
            words("distill-data", "--path", supernet, "--distill-dir", out),
            new Object[] {"run", "--task", task.file(), "--output-dir", out});
    Thread holder =
        new Thread(
            () -> {
              try (FolderLock lock = FolderLock.of(out)) {
                Thread.sleep(TimeUnit.MINUTES.toMillis(5));
              } catch (InterruptedException done) {
                Thread.currentThread().interrupt();
              }
            });
    holder.start();
    try {
      while (!Files.exists(out.resolve(FolderLock.NAME))) {
        Thread.sleep(1);
      }
      for (Object[] command : commands) {
        CommandLineRun.of(command).failed(1, out + ": in use by another task of this process");
      }
      assertThat(TinyTask.times(out)).isEmpty();
    } finally {
      holder.interrupt();
      holder.join();
    }
  }
}
