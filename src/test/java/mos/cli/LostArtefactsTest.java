package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mos.base.Folders;
import mos.train.Checkpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of a finished run that a user deletes or a disk cuts: the same command makes them again, or
 * says which one is missing and what to do.
 */
@Tag("slow")
@Timeout(300)
class LostArtefactsTest {
  @TempDir static Path folder;
  private static TinyTask task;
  private static Path whole;
  private Path out;

  @BeforeEach
  void takeAFinishedRun() throws IOException {
    out = folder.resolve("out");
    if (whole == null) {
      task = TinyTask.in(folder);
      run().succeeded();
      whole = folder.resolve("whole");
      TrialRuns.copy(out, whole);
    }
  }

  @AfterEach
  void restore() throws IOException {
    Folders.delete(out);
    TrialRuns.copy(whole, out);
  }

  private CommandLineRun run() {
    return task.run(out, "--flops-constraint", "1", "--device", "cpu");
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(whole)) {
      return all.filter(Files::isRegularFile)
          .map(whole::relativize)
          .filter(file -> !file.toString().endsWith(".lock"))
          .sorted()
          .toList();
    }
  }

  private void cut(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
  }

  /** Nobody reads these once their stage is finished; and translations are all alike. */
  private static final Pattern KEPT_AS_IS =
      Pattern.compile(
          ".*/(checkpoint_last.safetensors|metrics.(jsonl|csv)|events.*|state.json)|search-cache.jsonl");

  private static final Pattern ALIKE = Pattern.compile("translations/(inherited|final_valid).*");

  @Test
  void everyFileThatIsDeletedOrCutIsMadeAgainOrTheRefusalNamesIt() throws IOException {
    int remade = 0;
    for (Path file : files()) {
      if (ALIKE.matcher(file.toString()).matches()) {
        continue;
      }
      for (boolean deleted : new boolean[] {true, false}) {
        Path lost = out.resolve(file);
        if (deleted) {
          Files.delete(lost);
        } else {
          cut(lost);
        }
        CommandLineRun again = run();
        if (file.endsWith("dataset.csv.json")) {
          assertThat(again.code()).isNotZero();
          again.failed(again.code(), lost.toString(), "delete", "to measure anew");
        } else {
          again.succeeded();
          if (KEPT_AS_IS.matcher(file.toString()).matches()) {
            Files.copy(whole.resolve(file), lost, StandardCopyOption.REPLACE_EXISTING);
          } else {
            remade++;
          }
          new Artefacts(whole).assertSame(new Artefacts(out), false);
        }
        restore();
      }
    }
    assertThat(remade).isGreaterThan(40);
  }

  @Test
  void trainingThatNothingIsLeftOfIsDoneAgain() throws IOException {
    for (String name : List.of(Checkpoint.BEST, Checkpoint.LAST)) {
      Files.delete(out.resolve("supernet").resolve(name));
    }
    run().succeeded();
    new Artefacts(whole).assertSame(new Artefacts(out), false);
  }
}
