package mos.cli;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Stream;
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
 * -Pslow -Dtest=KilledRunTest -Dmos.kills=100 -Dmos.kill.seed=7}. With {@code
 * -Dmos.test.device=cuda} it runs on a GPU, with {@code --deterministic}.
 */
@Tag("slow")
@Timeout(7200)
class KilledRunTest {
  static final String KILLS = "mos.kills";
  static final String SEED = "mos.kill.seed";

  private static final int KILLS_IN_CI = 10;
  private static final int KILLS_A_RUN = 10;

  /**
   * A process takes about this long to load its libraries, which falls into the first stage that it
   * has work in; kills come that much later half of the time.
   */
  private static final double SECONDS_TO_START = TrialRuns.onGpu() ? 4 : 0.7;

  @TempDir static Path folder;
  private static TrialRuns runs;

  @BeforeAll
  static void writeTask() throws IOException {
    runs = TrialRuns.in(folder, folder.resolve("out"));
  }

  /** Kills a run at random moments of random stages until it gets through; returns the kills. */
  private static int killedRun(SplittableRandom random, int most, double[] seconds, boolean timed)
      throws Exception {
    List<Integer> stages =
        Stream.generate(() -> 1 + random.nextInt(seconds.length)).limit(most).sorted().toList();
    int kills = 0;
    for (int stage : stages) {
      try (RunProcess run = runs.start(timed)) {
        if (!run.awaitStage(stage)) {
          run.succeeded();
          break;
        }
        double start = random.nextBoolean() ? SECONDS_TO_START : 0;
        Thread.sleep((long) (1000 * random.nextDouble(seconds[stage - 1] + start)));
        kills += run.kill() ? 1 : 0;
      }
      runs.artefacts().assertWhole();
    }
    runs.finish(timed);
    return kills;
  }

  private static void survives(int wanted, boolean timed) throws Exception {
    long seed = Long.getLong(SEED, 1);
    Artefacts reference = runs.reference(timed);
    double[] seconds = TrialRuns.stageSeconds(reference);
    int kills = 0;
    for (int round = 0; kills < wanted; round++) {
      runs.clear();
      SplittableRandom random = new SplittableRandom(seed + round);
      int now = killedRun(random, Math.min(KILLS_A_RUN, wanted - kills), seconds, timed);
      kills += now;
      reference.assertSame(runs.artefacts(), timed);
      System.out.printf(
          Locale.ROOT,
          "killed run: constraint in %s, seed %d: %d kills, %d in all; same result%n",
          timed ? "ms" : "FLOPs",
          seed + round,
          now,
          kills);
      assertThat(round).as("most kills come in time").isLessThan(2 * wanted);
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
    Artefacts reference = runs.reference(false);
    double[] seconds = TrialRuns.stageSeconds(reference);
    runs.clear();
    SplittableRandom random = new SplittableRandom(Long.getLong(SEED, 1));
    for (int stage : new int[] {1, 1, 2, 4, 7, 8}) {
      try (RunProcess run = runs.start(false)) {
        assertThat(run.awaitStage(stage)).isTrue();
        Thread.sleep((long) (1000 * random.nextDouble(seconds[stage - 1])));
        tell(random.nextBoolean() ? "TERM" : "INT", run.handle());
        assertThat(run.await(30)).isIn(130, 143);
        // Other threads may still say something before they end.
        assertThat(run.output().lines().filter(line -> line.startsWith("mos: stopped")))
            .as(run.output())
            .singleElement(as(STRING))
            .contains("the same command continues")
            .contains(runs.out().toString());
      }
      runs.artefacts().assertWhole();
    }
    runs.finish(false);
    reference.assertSame(runs.artefacts(), false);
  }
}
