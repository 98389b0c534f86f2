package mos.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private long nanos;

  private Progress progress(long total, long alreadyDone, boolean redraws, int columns) {
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    return new Progress("supernet", total, alreadyDone, out, redraws, columns, () -> nanos);
  }

  private void wait(int milliseconds) {
    nanos += TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  private List<String> lines() {
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void plainFormPrintsFirstLastAndOneLineEveryTenSeconds() {
    try (Progress progress = progress(100, 0, false, 100)) {
      for (int i = 1; i <= 100; i++) {
        wait(250);
        progress.update(i, "loss " + (200 - i));
      }
    }
    assertThat(lines())
        .containsExactly(
            "supernet   0 %  0/100  0 s",
            "supernet  40 %  40/100  4.00/s  10 s, 15 s left  loss 160",
            "supernet  80 %  80/100  4.00/s  20 s, 5.0 s left  loss 120",
            "supernet 100 %  100/100  4.00/s  25 s  loss 100");
  }

  @Test
  void tellsOfTheRunWhatIsKnownOfIt() {
    Progress.partOf((left, total) -> "run " + left + " of " + total);
    try (Progress progress = progress(100, 20, false, 100)) {
      wait(10_000);
      progress.update(40, "");
    } finally {
      Progress.partOf(Progress.Whole.UNKNOWN);
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("2.00/s  10 s, 30 s left, run 30.0 of 50.0");
  }

  @Test
  void terminalFormRedrawsOneLineAtMostFiveTimesASecond() {
    try (Progress progress = progress(1000, 0, true, 200)) {
      for (int i = 0; i < 1000; i++) {
        wait(1);
        progress.step();
      }
    }
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertThat(text.chars().filter(c -> c == '\r').count()).isEqualTo(1 + 5 + 1);
    assertThat(text.chars().filter(c -> c == '\n').count()).isEqualTo(1);
    assertThat(text).contains("[########............]  40 %  400/1,000");
  }

  @Test
  void linesNeverReachTheWindowsEdge() {
    try (Progress progress = progress(10, 0, true, 40)) {
      wait(1000);
      progress.update(3, "a message that is far too long for so narrow a window");
    }
    for (String line : bytes.toString(StandardCharsets.UTF_8).split("\r", -1)) {
      assertThat(line.replace("\u001b[K", "").strip()).hasSizeLessThan(40);
    }
  }

  @Test
  void resumedStepsSetNoRate() {
    try (Progress progress = progress(100, 90, false, 100)) {
      wait(10_000);
      progress.update(95, "");
    }
    assertThat(lines().get(1)).isEqualTo("supernet  95 %  95/100  2.0 s each  10 s, 10 s left");
  }

  @Test
  @SuppressWarnings("try") // closing twice is what is tried
  void oddArgumentsDoNotThrow() {
    try (Progress progress = progress(0, -5, false, 1)) {
      progress.update(-3, null);
      wait(10_000);
      progress.step("two\nlines");
      progress.note("kept");
      progress.close();
      progress.step();
    }
    assertThat(lines())
        .containsExactly(
            "supernet  0  0 s",
            "supernet  1  10 s each  10 s  two lines",
            "kept",
            "supernet  1  10 s each  10 s  two lines");
  }

  @Test
  void countsStepsOfAllThreads() throws InterruptedException {
    try (Progress progress = progress(4000, 0, false, 100)) {
      Runnable work =
          () -> {
            for (int i = 0; i < 1000; i++) {
              progress.step();
            }
          };
      List<Thread> threads =
          List.of(new Thread(work), new Thread(work), new Thread(work), new Thread(work));
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(lines().get(1)).contains("4,000/4,000");
  }
}
