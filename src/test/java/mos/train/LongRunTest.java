package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.tensor.LiveNatives;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Memory over many steps is flat. The system property {@value #TIMES} multiplies the steps: with 10
 * they are 5,000 updates, 2,000 latency rows, 2,000 sentences.
 */
@Tag("slow")
@Timeout(3600)
class LongRunTest {
  static final String TIMES = "mos.longrun.times";

  @TempDir Path folder;

  private List<LongRun.Point> run(String kind, long steps) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms256m",
                "-Xmx256m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-Dorg.bytedeco.javacpp.nopointergc=true",
                "-cp",
                System.getProperty("java.class.path"),
                LongRun.class.getName(),
                kind,
                Long.toString(steps),
                folder.toString(),
                "cpu")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<LongRun.Point> points = new ArrayList<>();
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        points.add(LongRun.Point.of(line));
      }
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
    return points;
  }

  @ParameterizedTest
  @CsvSource({"train, 500", "latency, 200", "decode, 200"})
  void memoryIsFlat(String kind, int steps) throws Exception {
    assumeThat(LiveNatives.residentBytes()).as("the system tells resident memory").isPositive();
    int times = Integer.getInteger(TIMES, 1);
    List<LongRun.Point> points = run(kind, (long) steps * times);
    assertThat(points).hasSize(LongRun.LINES);
    LongRun.Point warm = LongRun.warm(points);
    LongRun.Point last = points.get(points.size() - 1);
    double growth = last.growthSince(warm);
    System.out.printf(
        Locale.ROOT,
        "long run: %s, %d steps: %.1f MiB at step %d, %.1f MiB at the end (%+.2f%%), %d natives%n",
        kind,
        last.step(),
        warm.resident() / (double) (1 << 20),
        warm.step(),
        last.resident() / (double) (1 << 20),
        100 * growth,
        last.natives());
    assertThat(points).extracting(LongRun.Point::natives).containsOnly(warm.natives());
    // A short run is not past its warm-up: compiled code alone is some MiB.
    assertThat(growth).isLessThan(times >= 10 ? 0.01 : 0.05);
  }
}
