package mos.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.config.Setting;

/** The configuration file of a named translation task: {@code configs/tasks/NAME.yml}. */
public final class TaskFile {
  /** Names the translation task; its file goes before all others. */
  public static final Setting<String> TASK =
      Setting.ofString("task").doc("Translation task, a file of configs/tasks: wmt14.en-de, …");

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final String SUFFIX = ".yml";

  private TaskFile() {}

  /**
   * The file of a task, looked for below the working folder, then below the program's.
   *
   * @throws ConfigurationException naming the tasks there are, when it is none of them
   */
  public static Path of(String task) {
    for (Path folder : folders()) {
      Path file = folder.resolve(task + SUFFIX);
      if (NAME.matcher(task).matches() && Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new ConfigurationException(
        "task: got " + task + ", must be one of " + String.join(", ", names()));
  }

  /** The tasks there are, sorted. */
  public static List<String> names() {
    return folders().stream()
        .flatMap(folder -> names(folder).stream())
        .distinct()
        .sorted()
        .toList();
  }

  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX))
          .map(name -> name.substring(0, name.length() - SUFFIX.length()))
          .toList();
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private static List<Path> folders() {
    Path local = Path.of("configs", "tasks");
    // Set by the launcher, so that the program works in any folder.
    String home = System.getProperty("mos.home");
    return home == null ? List.of(local) : List.of(local, Path.of(home).resolve(local));
  }
}
