package mos.command.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Home;
import mos.base.MosException;
import mos.config.Settings;

/**
 * What a run is about: a task that comes with this program, or a file of the user's. A user's file
 * is one whatever its name, so a {@code sample.yml} elsewhere has nothing of the sample task.
 *
 * @param file with the task's settings
 * @param published whether the file is one of this program's
 */
public record TaskFile(Path file, boolean published) {
  private static final String SUFFIX = ".yml";
  private static final String TASKS = "tasks";

  /**
   * What the settings name; a name without .yml stands for a file of configs/tasks.
   *
   * @throws ConfigurationException where there is no such file
   */
  public static TaskFile of(Settings settings) {
    String task = settings.get(RunSettings.TASK);
    Path file = isPath(task) ? Path.of(task) : configs(TASKS).resolve(task + SUFFIX);
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          "task: got "
              + task
              + ", need one of "
              + names()
              + " or a YAML file ("
              + settings.where(RunSettings.TASK)
              + ")");
    }
    return new TaskFile(file, isPublished(file));
  }

  /** Whether a task is a file by its path; else it is a name. */
  static boolean isPath(String task) {
    return task.endsWith(SUFFIX);
  }

  private static boolean isPublished(Path file) {
    Path own = configs(TASKS).resolve(file.getFileName());
    try {
      return Files.exists(own) && Files.isSameFile(file, own);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  /** The name that reports show. */
  public String name() {
    String name = file.getFileName().toString();
    return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }

  /** Whether it is the sample task, whose data this program makes. */
  public boolean isSample() {
    return published && name().equals(RunSettings.SAMPLE);
  }

  /** The wider search space for latency data, where a published task has one. */
  public Optional<Path> latencySpace() {
    Path space = configs("latency").resolve(name() + SUFFIX);
    return Optional.of(space).filter(there -> published && Files.isRegularFile(there));
  }

  private static Path configs(String folder) {
    return Home.path().resolve("configs").resolve(folder);
  }

  private static String names() {
    Path folder = configs(TASKS);
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names =
          files
              .map(file -> file.getFileName().toString().replaceAll("\\.yml$", ""))
              .sorted()
              .toList();
      return String.join(", ", names);
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }
}
