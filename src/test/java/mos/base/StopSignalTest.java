package mos.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Processes that are told to end. */
class StopSignalTest {
  /** Works until it is told to end, with or without something to save. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] arguments) throws InterruptedException {
      StopSignal.install(System.out::println);
      StopSignal.at("here");
      StopSignal.Saving saving = arguments[0].equals("saving") ? StopSignal.saving() : null;
      System.out.println("ready");
      while (saving == null || !StopSignal.requested()) {
        Thread.sleep(10);
      }
      Thread.sleep(200);
      System.out.println("saved");
      saving.close();
      StopSignal.finished();
    }
  }

  private static String rest(String kind) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                kind)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out = process.inputReader()) {
      assertThat(out.readLine()).isEqualTo("ready");
      // Process.destroy() would close the streams as well.
      process.toHandle().destroy();
      // Far less than the 25 s of work that saves for ever.
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isNotZero();
      return out.lines().reduce("", String::concat);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @Timeout(60)
  void workWithNothingToSaveEndsAtOnceAndSaysWhere() throws Exception {
    assertThat(rest("idle")).isEqualTo("here");
  }

  @Test
  @Timeout(60)
  void workThatSavesIsWaitedFor() throws Exception {
    assertThat(rest("saving")).isEqualTo("saved");
  }
}
