package mos.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes of the {@code train} command that are told to end, or just end. */
@Tag("slow")
class InterruptedProcessTest {
  private static final int UPDATES = 240;
  private static final int SAVE_INTERVAL = 20;
  private static final String CONFIGURATION =
      ReverseTask.CONFIGURATION
          + """
          update-freq: 4
          max-lr: 0.005
          """;

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeData() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    ReverseTask.in(data).close();
    Files.writeString(
        folder.resolve("task.yml"),
        CONFIGURATION
            + "max-update: "
            + UPDATES
            + "\nsave-interval-updates: "
            + SAVE_INTERVAL
            + "\n");
  }

  private Path log(Path run) {
    return folder.resolve(run.getFileName() + ".log");
  }

  private Process start(Path run) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-cp",
            System.getProperty("java.class.path"),
            "mos.cli.Main",
            "train",
            "--configs",
            folder.resolve("task.yml").toString(),
            "--data",
            data.toString(),
            "--save-dir",
            run.toString());
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.to(log(run).toFile()));
    return builder.start();
  }

  private void trainToTheEnd(Path run) throws IOException, InterruptedException {
    Process process = start(run);
    try {
      assertThat(process.waitFor(150, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(log(run))).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  /** Waits until {@code update} is logged, which is after a checkpoint and far from the end. */
  private static void await(Process process, Path run, int update)
      throws IOException, InterruptedException {
    Path metrics = run.resolve("metrics.jsonl");
    String line = "\"update\":" + update + ",";
    while (!Files.exists(metrics) || !Files.readString(metrics).contains(line)) {
      assertThat(process.isAlive()).as("running at update %d", update).isTrue();
      Thread.sleep(5);
    }
  }

  private static long savedUpdate(Path run) {
    try (Checkpoint checkpoint = Checkpoint.open(run.resolve(Checkpoint.LAST))) {
      return checkpoint.state().update();
    }
  }

  private static List<String> loggedUpdates(Path run) throws IOException {
    // Without speed and time, which end every line.
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceFirst(",\"(tokens_per_second|time)\":.*", ""))
        .toList();
  }

  private void assertSameAsUninterrupted(Path run) throws IOException, InterruptedException {
    Path whole = folder.resolve("whole");
    trainToTheEnd(whole);
    CheckpointTensors.assertEqual(whole.resolve(Checkpoint.LAST), run.resolve(Checkpoint.LAST));
    CheckpointTensors.assertEqual(whole.resolve(Checkpoint.BEST), run.resolve(Checkpoint.BEST));
    assertThat(loggedUpdates(run)).isEqualTo(loggedUpdates(whole));
  }

  @Test
  @Timeout(300)
  void killedTrainingContinuesBitForBit() throws Exception {
    Path run = folder.resolve("killed");
    for (int update : new int[] {30, 130}) {
      Process process = start(run);
      try {
        await(process, run, update);
      } finally {
        process.destroyForcibly();
      }
      assertThat(process.waitFor()).isNotZero();
      assertThat(savedUpdate(run)).isBetween((long) update - SAVE_INTERVAL, UPDATES - 1L);
    }
    trainToTheEnd(run);
    assertSameAsUninterrupted(run);
  }

  @Test
  @Timeout(300)
  void terminatedTrainingSavesAndContinuesBitForBit() throws Exception {
    Path run = folder.resolve("terminated");
    Process process = start(run);
    try {
      await(process, run, 50);
      long told = System.nanoTime();
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      // It ends when it has saved, not when its 25 s are over.
      assertThat(System.nanoTime() - told).isLessThan(15_000_000_000L);
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isNotZero();
    Matcher said =
        Pattern.compile("stopped after update (\\d+), which is saved in")
            .matcher(Files.readString(log(run)));
    assertThat(said.find()).as(Files.readString(log(run))).isTrue();
    assertThat(savedUpdate(run)).isEqualTo(Long.parseLong(said.group(1))).isBetween(50L, 239L);
    trainToTheEnd(run);
    assertSameAsUninterrupted(run);
  }

  /** A long validation after the last update, which is logged before. */
  @Test
  @Timeout(300)
  void terminatedValidationSavesItsUpdateAndIsDoneAgain() throws Exception {
    ReverseTask.writeValidation(data, 40_000);
    Files.writeString(
        folder.resolve("task.yml"),
        // An epoch is one update, the third is the last.
        CONFIGURATION.replace("max-tokens: 64", "max-tokens: 4096")
            + "max-update: 3\nvalidate-interval: 3\nkeep-last-epochs: 1\n");
    Path run = folder.resolve("validating");
    Process process = start(run);
    try {
      await(process, run, 3);
      long told = System.nanoTime();
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(System.nanoTime() - told).isLessThan(5_000_000_000L);
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(log(run)))
        .contains("stopped in the validation after update 3, which is saved in " + run);
    assertThat(savedUpdate(run)).isEqualTo(3);
    assertThat(run.resolve(Checkpoint.BEST)).doesNotExist();
    trainToTheEnd(run);
    assertSameAsUninterrupted(run);
    CheckpointTensors.assertEqual(
        folder.resolve("whole/checkpoint3.safetensors"), run.resolve("checkpoint3.safetensors"));
    assertThat(Files.readString(run.resolve("metrics.jsonl"))).containsOnlyOnce("\"valid\"");
  }
}
