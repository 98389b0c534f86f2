package mos.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Home;
import mos.base.MosException;
import mos.command.settings.DataSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.RunSettings;
import mos.config.Setting;
import mos.config.Settings;

/** The settings of a whole run that no single stage has. */
final class PipelineSettings {
  private static final String SAMPLE = "sample";

  private PipelineSettings() {}

  static List<Setting<?>> settings() {
    return List.of(
        RunSettings.TASK,
        RunSettings.OUTPUT_DIR,
        MachineSettings.NUM_GPUS,
        RunSettings.TRIAL_RUN,
        RunSettings.FRAC_EXPERTS,
        RunSettings.SERVE);
  }

  /** What was given, else the published default; for tasks that were not published, out/TASK. */
  static Path outputDir(Settings settings) {
    boolean published =
        !settings.get(RunSettings.TASK).endsWith(".yml")
            && !settings.get(RunSettings.TASK).equals(SAMPLE);
    return settings.has(RunSettings.OUTPUT_DIR) || published
        ? settings.get(RunSettings.OUTPUT_DIR)
        : Path.of("out", taskName(settings));
  }

  /** The file of the task; a name stands for a file of configs/tasks. */
  static Path taskFile(Settings settings) {
    String task = settings.get(RunSettings.TASK);
    Path file = task.endsWith(".yml") ? Path.of(task) : configs("tasks").resolve(task + ".yml");
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
    return file;
  }

  /** The name that reports show. */
  static String taskName(Settings settings) {
    return taskFile(settings).getFileName().toString().replaceAll("\\.yml$", "");
  }

  /** Whether the run makes its data: the sample task where no folder was given. */
  static boolean makesItsData(Settings given) {
    return taskName(given).equals(SAMPLE) && !given.has(DataSettings.DATA);
  }

  static Path configs(String folder) {
    return Home.path().resolve("configs").resolve(folder);
  }

  private static String names() {
    try (Stream<Path> files = Files.list(configs("tasks"))) {
      return String.join(
          ", ",
          files.map(f -> f.getFileName().toString().replaceAll("\\.yml$", "")).sorted().toList());
    } catch (IOException e) {
      throw new MosException("cannot read " + configs("tasks") + ": " + AtomicFile.describe(e), e);
    }
  }
}
