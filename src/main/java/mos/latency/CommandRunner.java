package mos.latency;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import mos.base.AtomicFile;
import mos.base.CommandWords;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.Sha256;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
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
  /** The command. */
  public static final Setting<String> RUNNER =
      Setting.ofString("runner")
          .in(SettingGroup.LATENCY)
          .basic()
          .doc(
              "Command that measures in place of this machine: gets an architecture's YAML file as"
                  + " its last argument, prints milliseconds, one number or encoder and decoder");

  /** Its time limit. */
  public static final Setting<Integer> TIMEOUT =
      Setting.ofInt("runner-timeout")
          .in(SettingGroup.LATENCY)
          .range(1, 1_000_000)
          .unit("seconds")
          .doc("How long the runner may take for one architecture")
          .defaultsTo(600);

  private static final int DIGITS = 16;
  private static final String HASH = "#";
  private static final int SHOWN = 300;
  private static final long LARGEST_OUTPUT = 1 << 20;
  private static final double MAX_MS = 1e9;

  /**
   * @throws ConfigurationException for a command without words
   */
  public CommandRunner {
    command = List.copyOf(command);
    if (command.isEmpty()) {
      throw new ConfigurationException(RUNNER.key() + ": got no command, need at least one word");
    }
  }

  /** The two settings. */
  public static List<Setting<?>> settings() {
    return List.of(RUNNER, TIMEOUT);
  }

  /** Whether the settings name a command. */
  public static boolean given(Settings settings) {
    return settings.has(RUNNER);
  }

  /**
   * The settings' command, its words parted as by a shell ({@link CommandWords}).
   *
   * @throws ConfigurationException for quotes that are not closed
   */
  public static CommandRunner of(Settings settings) {
    try {
      return new CommandRunner(CommandWords.split(settings.get(RUNNER)), settings.get(TIMEOUT));
    } catch (IllegalArgumentException e) {
      throw settings.error(RUNNER, "a command as a shell reads it, without " + e.getMessage());
    }
  }

  /**
   * What a command measures with, told so that spellings do not matter: a word that names a file is
   * that file's name and the first {@value #DIGITS} digits of its SHA-256, any other is itself.
   *
   * @param command as in {@link #RUNNER}, of legal words
   */
  public static String identity(String command) {
    return identity(CommandWords.split(command));
  }

  /** The same of this command. */
  String identity() {
    return identity(command);
  }

  private static String identity(List<String> words) {
    return CommandWords.join(words.stream().map(CommandRunner::named).toList());
  }

  private static String named(String word) {
    Path file;
    try {
      file = Path.of(word);
    } catch (InvalidPathException e) {
      return word;
    }
    return Files.isRegularFile(file)
        ? file.getFileName() + HASH + Sha256.of(file).substring(0, DIGITS)
        : word;
  }

  /**
   * Whether two of {@link #identity} may be one: files without a hash, as earlier versions saved
   * them, are compared by name.
   */
  public static boolean sameIdentity(String one, String other) {
    List<String> a = CommandWords.split(one);
    List<String> b = CommandWords.split(other);
    return a.size() == b.size()
        && IntStream.range(0, a.size()).allMatch(i -> sameWord(a.get(i), b.get(i)));
  }

  private static boolean sameWord(String one, String other) {
    return one.equals(other)
        || one.contains(HASH) != other.contains(HASH) && fileName(one).equals(fileName(other));
  }

  private static String fileName(String word) {
    String name = word.substring(word.lastIndexOf('/') + 1);
    return name.contains(HASH) ? name.substring(0, name.lastIndexOf(HASH)) : name;
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
          RUNNER.key() + ": cannot exchange files with it: " + AtomicFile.describe(e), e);
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
          RUNNER.key() + ": cannot start " + command.get(0) + ": " + e.getMessage(), e);
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
        throw new MosException(
            name() + ": took longer than " + timeoutSeconds + " s (" + TIMEOUT.key() + ")");
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
    return RUNNER.key() + " " + String.join(" ", command);
  }

  private static String shown(String text) {
    String end = text.length() > SHOWN ? "…" + text.substring(text.length() - SHOWN) : text;
    return end.isEmpty() ? "it said nothing" : end.replaceAll("\\p{Cntrl}+", " ");
  }
}
