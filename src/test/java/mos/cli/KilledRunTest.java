package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import mos.base.Json;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pipeline, killed at random moments of every stage and started again until it ends: what it
 * made must be what an uninterrupted run makes, bit for bit, less what a clock decided.
 *
 * <p>The system properties {@value #KILLS} and {@value #SEED} make it longer: {@code mvn test
 * -Pslow -Dtest=KilledRunTest -Dmos.kills=100 -Dmos.kill.seed=7}.
 */
@Tag("slow")
@Timeout(7200)
class KilledRunTest {
  static final String KILLS = "mos.kills";
  static final String SEED = "mos.kill.seed";

  private static final int KILLS_IN_CI = 10;
  private static final int KILLS_A_RUN = 10;

  /** A process takes about this long to load its libraries, which falls into its first stage. */
  private static final double SECONDS_TO_START = 0.7;

  @TempDir static Path folder;
  private static TinyTask task;

  @BeforeAll
  static void writeTask() throws IOException {
    task = TinyTask.in(folder);
    // Often enough that kills fall into saving, too.
    Files.writeString(
        task.file(),
        "max-update: 30\nsub-max-update: 30\nsave-interval-updates: 2\nkeep-last-epochs: 2\n"
            + "validate-interval-updates: 7\nlat-dataset-size: 12\n",
        java.nio.file.StandardOpenOption.APPEND);
  }

  private static Path out() {
    return folder.resolve("out");
  }

  private static RunProcess start(String... more) throws IOException {
    List<Object> words = new ArrayList<>(List.of("run", "--task", task.file()));
    words.addAll(List.of("--output_dir", out(), "--evo-iter", "2", "--population-size", "6"));
    words.addAll(List.of("--parent-size", "2", "--mutation-size", "2", "--crossover-size", "2"));
    words.addAll(List.of("--train-steps", "10", "--batch-size", "2"));
    words.addAll(List.of(more));
    return RunProcess.start(folder.resolve("log"), words.toArray());
  }

  /** Paths are part of what a checkpoint says, so all runs write to one folder. */
  private static Path reference(boolean timed) throws Exception {
    Path reference = folder.resolve(timed ? "by-latency" : "by-flops");
    if (!Files.exists(reference)) {
      deleteOut();
      try (RunProcess run = start(constraint(timed))) {
        run.succeeded();
      }
      Files.move(out(), reference);
    }
    return reference;
  }

  private static String[] constraint(boolean timed) {
    return timed ? new String[0] : new String[] {"--flops-constraint", "1"};
  }

  private static void deleteOut() throws IOException {
    if (Files.exists(out())) {
      try (Stream<Path> files = Files.walk(out())) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static double[] stageSeconds(Path reference) {
    JsonNode seconds = Json.read(reference.resolve("summary.json")).path("seconds");
    return seconds.properties().stream()
        .mapToDouble(entry -> entry.getValue().asDouble())
        .toArray();
  }

  /** Kills a run at random moments of random stages until it gets through; returns the kills. */
  private static int killedRun(SplittableRandom random, int most, double[] seconds, String... more)
      throws Exception {
    List<Integer> stages =
        Stream.generate(() -> 1 + random.nextInt(seconds.length)).limit(most).sorted().toList();
    int kills = 0;
    for (int stage : stages) {
      try (RunProcess run = start(more)) {
        if (!run.awaitStage(stage)) {
          run.succeeded();
          break;
        }
        Thread.sleep((long) (1000 * random.nextDouble(seconds[stage - 1] + SECONDS_TO_START)));
        kills += run.kill() ? 1 : 0;
      }
      new Artefacts(out()).assertWhole();
    }
    try (RunProcess run = start(more)) {
      run.succeeded();
    }
    return kills;
  }

  private static void survives(int wanted, boolean timed) throws Exception {
    long seed = Long.getLong(SEED, 1);
    Path reference = reference(timed);
    double[] seconds = stageSeconds(reference);
    int kills = 0;
    for (int round = 0; kills < wanted; round++) {
      deleteOut();
      SplittableRandom random = new SplittableRandom(seed + round);
      int most = Math.min(KILLS_A_RUN, wanted - kills);
      int now = killedRun(random, most, seconds, constraint(timed));
      kills += now;
      new Artefacts(reference).assertSame(new Artefacts(out()), timed);
      System.out.printf(
          "killed run: constraint in %s, seed %d: %d kills, %d in all; same result%n",
          timed ? "ms" : "FLOPs", seed + round, now, kills);
      assertThat(now).isPositive();
    }
  }

  @Test
  void underFlopsEveryArtefactIsAsIfItHadNotBeenKilled() throws Exception {
    survives((Integer.getInteger(KILLS, KILLS_IN_CI) + 1) / 2, false);
  }

  @Test
  void underLatencyAllThatNoClockDecidesIsAsIfItHadNotBeenKilled() throws Exception {
    survives(Integer.getInteger(KILLS, KILLS_IN_CI) / 2, true);
  }

  /** Ctrl-C does nothing to a process that was started to ignore it, as shells do for jobs. */
  private static boolean ignoresInterrupts(long process) throws IOException {
    Path status = Path.of("/proc/" + process + "/status");
    return Files.exists(status)
        && Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  private static void tell(String signal, ProcessHandle process) throws Exception {
    String which = ignoresInterrupts(process.pid()) ? "TERM" : signal;
    new ProcessBuilder("kill", "-" + which, Long.toString(process.pid())).start().waitFor();
  }

  @Test
  void toldToEndInAnyStageItSavesAndSaysWhereWithinHalfAMinute() throws Exception {
    Path reference = reference(false);
    double[] seconds = stageSeconds(reference);
    deleteOut();
    SplittableRandom random = new SplittableRandom(Long.getLong(SEED, 1));
    for (int stage : new int[] {1, 1, 2, 4, 7, 8}) {
      try (RunProcess run = start(constraint(false))) {
        assertThat(run.awaitStage(stage)).isTrue();
        Thread.sleep((long) (1000 * random.nextDouble(seconds[stage - 1])));
        tell(random.nextBoolean() ? "TERM" : "INT", run.handle());
        assertThat(run.await(30)).isIn(130, 143);
        assertThat(run.output().lines().reduce((first, last) -> last).orElseThrow())
            .as(run.output())
            .startsWith("mos: stopped")
            .contains("the same command continues")
            .contains(out().toString());
      }
      new Artefacts(out()).assertWhole();
    }
    try (RunProcess run = start(constraint(false))) {
      run.succeeded();
    }
    new Artefacts(reference).assertSame(new Artefacts(out()), false);
  }
}
