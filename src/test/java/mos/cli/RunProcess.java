package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command line in a process of its own, which can be killed; its output goes to a file. */
final class RunProcess implements AutoCloseable {
  private static final Pattern STAGE = Pattern.compile("\\[(\\d+)/\\d+\\] (?!.*finished before)");
  private static final int SECONDS = 240;

  private final Process process;
  private final Path log;

  private RunProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  static RunProcess start(Path log, Object... words) throws IOException {
    return start(log, null, words);
  }

  /**
   * @param out receives standard output, which else goes to the log with standard error
   */
  static RunProcess start(Path log, ProcessBuilder.Redirect out, Object... words)
      throws IOException {
    return start(log, out, Map.of(), words);
  }

  /**
   * @param environment added to this process's own
   */
  static RunProcess start(
      Path log, ProcessBuilder.Redirect out, Map<String, String> environment, Object... words)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(nativePaths());
    line.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path"), "mos.cli.Main"));
    Arrays.stream(words).map(Object::toString).forEach(line::add);
    ProcessBuilder.Redirect toLog = ProcessBuilder.Redirect.to(log.toFile());
    ProcessBuilder builder = new ProcessBuilder(line).redirectError(toLog);
    builder.environment().putAll(environment);
    if (out == null) {
      builder.redirectErrorStream(true).redirectOutput(toLog);
    } else {
      builder.redirectOutput(out);
    }
    return new RunProcess(builder.start(), log);
  }

  /** Java's options that say where natives are looked for, if these tests were told. */
  static List<String> nativePaths() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(
            argument ->
                argument.startsWith("-Dorg.bytedeco.") || argument.startsWith("-Djava.library."))
        .toList();
  }

  /** Its standard output, if it was redirected to a pipe. */
  InputStream out() {
    return process.getInputStream();
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  String output() throws IOException {
    return Files.readString(log);
  }

  /** Waits until stage {@code number}, or a later one, is at work; false if it ended before. */
  boolean awaitStage(int number) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      boolean alive = process.isAlive();
      Matcher stage = STAGE.matcher(output());
      while (stage.find()) {
        if (Integer.parseInt(stage.group(1)) >= number) {
          return true;
        }
      }
      if (!alive) {
        return false;
      }
      Thread.sleep(5);
    }
    throw new AssertionError("stage " + number + " not reached:\n" + output());
  }

  /** Kills the process unless it has ended; true if it was killed. */
  boolean kill() throws InterruptedException {
    process.destroyForcibly();
    // 128 + 9: killed, not ended by itself in the last moment.
    return process.waitFor() == 137;
  }

  /** Its exit code. */
  int await(int seconds) throws InterruptedException {
    assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
        .as("ended within %d s", seconds)
        .isTrue();
    return process.exitValue();
  }

  void succeeded() throws IOException, InterruptedException {
    assertThat(await(SECONDS)).as(output()).isZero();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
