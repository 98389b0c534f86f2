package mos.latency;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.host.CommandIdentity;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * A command of the user's that measures: it gets a YAML file with the architecture, in HAT's keys,
 * as its last argument and prints milliseconds, one number for all or two for encoder and decoder.
 * So latency can come from a phone or a board that this program does not run on.
 *
 * @param command the command's words
 * @param timeoutSeconds how long one measurement may take
 */
public record CommandRunner(List<String> command, int timeoutSeconds) {
  /** The setting that names it, for messages. */
  private static final String NAME = "runner";

  private static final int SHOWN = 300;
  private static final long LARGEST_OUTPUT = 1 << 20;
  private static final double MAX_MS = 1e9;

  /**
   * @throws ConfigurationException for a command without words
   */
  public CommandRunner {
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new ConfigurationException(NAME + ": got no command, need at least one word");
    }
  }

  /** What this command is, whatever it is called by; see {@link CommandIdentity#of}. */
  String identity() {
    return CommandIdentity.of(command);
  }

  /**
   * Runs the command for one architecture.
   *
   * @return spreads are 0, they are the command's business; of one number the encoder's share is 0
   * @throws ConfigurationException when it cannot be started
   * @throws MosException when it fails, takes too long, or prints no milliseconds
   */
  public Latency measure(SubTransformer architecture) {
    try {
      Path folder = Files.createTempDirectory("mos-runner");
      Path file = folder.resolve("architecture.yml");
      Path out = folder.resolve("out");
      Path err = folder.resolve("err");
      try {
        Files.writeString(file, SubTransformerFile.toYaml(architecture, List.of()));
        run(file, out, err);
        return parse(text(out));
      } finally {
        for (Path one : List.of(file, out, err, folder)) {
          Files.deleteIfExists(one);
        }
      }
    } catch (IOException e) {
      throw new MosException(
          NAME + ": cannot exchange files with it: " + AtomicFile.describe(e), e);
    }
  }

  private void run(Path file, Path out, Path err) throws IOException {
    List<String> words = new ArrayList<>(command);
    words.add(file.toString());
    Process process;
    try {
      process =
          new ProcessBuilder(words)
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
    } catch (IOException e) {
      throw new ConfigurationException(
          NAME + ": cannot start " + command.get(0) + ": " + e.getMessage(), e);
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
        throw new MosException(
            name() + ": took longer than " + timeoutSeconds + " s (" + "runner-timeout" + ")");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException(name() + ": interrupted", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    if (process.exitValue() != 0) {
      throw new MosException(
          name() + ": failed with exit code " + process.exitValue() + ": " + shown(text(err)));
    }
  }

  private static String text(Path file) throws IOException {
    if (Files.size(file) > LARGEST_OUTPUT) {
      return "more than " + LARGEST_OUTPUT + " bytes";
    }
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
  }

  private Latency parse(String text) {
    String[] parts = text.split("\\s+");
    if (parts.length > 2) {
      throw unusable(text);
    }
    double[] ms = new double[parts.length];
    double sum = 0;
    for (int i = 0; i < parts.length; i++) {
      try {
        ms[i] = Double.parseDouble(parts[i]);
      } catch (NumberFormatException e) {
        throw unusable(text);
      }
      if (!(ms[i] >= 0 && ms[i] <= MAX_MS)) {
        throw unusable(text);
      }
      sum += ms[i];
    }
    if (sum <= 0) {
      throw unusable(text);
    }
    return ms.length == 1 ? new Latency(0, ms[0], 0, 0, 0) : new Latency(ms[0], ms[1], 0, 0, 0);
  }

  private MosException unusable(String text) {
    return new MosException(
        name()
            + ": printed "
            + (text.isEmpty() ? "nothing" : "\"" + shown(text) + "\"")
            + ", must be milliseconds: one number above 0, or two for encoder and decoder");
  }

  private String name() {
    return NAME + " " + String.join(" ", command);
  }

  private static String shown(String text) {
    String end = text.length() > SHOWN ? "…" + text.substring(text.length() - SHOWN) : text;
    return end.isEmpty() ? "it said nothing" : end.replaceAll("\\p{Cntrl}+", " ");
  }
}
