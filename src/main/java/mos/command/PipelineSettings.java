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
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;

/** The settings of a whole run that no single stage has. */
final class PipelineSettings {
  static final Setting<String> TASK =
      Setting.ofString("task")
          .in(SettingGroup.RUN)
          .basic()
          .defaultsTo("wmt14.en-de")
          .doc("A task of configs/tasks, or a YAML file of your own");
  static final Setting<Path> OUTPUT_DIR =
      Setting.ofPath("output-dir")
          .in(SettingGroup.RUN)
          .basic()
          .defaultsTo(Path.of("/tmp"))
          .doc(
              "Folder for everything of the experiment; not given, for the sample and for task"
                  + " files of your own: out/TASK");
  static final Setting<Integer> NUM_GPUS =
      Setting.ofInt("num-gpus")
          .in(SettingGroup.MACHINE)
          .basic()
          .defaultsTo(4)
          .atLeast(0)
          .doc(
              "GPUs to work on, where there are any; with device cpu and a number given: processes"
                  + " on the CPU");
  static final Setting<Integer> DISTRIBUTED_TIMEOUT =
      Setting.ofInt("distributed-timeout")
          .in(SettingGroup.MACHINE)
          .defaultsTo(300)
          .range(1, 86_400)
          .doc("Seconds that a process waits for the others it trains with");
  static final Setting<Boolean> TRIAL_RUN =
      Setting.ofBoolean("trial-run")
          .in(SettingGroup.RUN)
          .basic()
          .defaultsTo(false)
          .doc("1: a dry run of every stage at the smallest size");
  static final Setting<Integer> FRAC_EXPERTS =
      Setting.ofInt("frac-experts")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(0)
          .range(0, 1)
          .doc(
              "1: also search token-routed experts, up to max-experts a layer, each with an FFN size of"
                  + " its own; 0: do not");

  static final Setting<Integer> SERVE =
      Setting.ofInt("serve")
          .in(SettingGroup.RUN)
          .basic()
          .range(0, 65535)
          .doc(
              "Show the live report at this port of the loopback address while running, 0 for any"
                  + " free one (the address is logged); not given: do not");

  private static final String SAMPLE = "sample";

  private PipelineSettings() {}

  static List<Setting<?>> settings() {
    return List.of(TASK, OUTPUT_DIR, NUM_GPUS, TRIAL_RUN, FRAC_EXPERTS, SERVE);
  }

  /** What was given, else the published default; for tasks that were not published, out/TASK. */
  static Path outputDir(Settings settings) {
    boolean published = !settings.get(TASK).endsWith(".yml") && !settings.get(TASK).equals(SAMPLE);
    return settings.has(OUTPUT_DIR) || published
        ? settings.get(OUTPUT_DIR)
        : Path.of("out", taskName(settings));
  }

  /** The file of the task; a name stands for a file of configs/tasks. */
  static Path taskFile(Settings settings) {
    String task = settings.get(TASK);
    Path file = task.endsWith(".yml") ? Path.of(task) : configs("tasks").resolve(task + ".yml");
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException(
          "task: got "
              + task
              + ", need one of "
              + names()
              + " or a YAML file ("
              + settings.where(TASK)
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
    return taskName(given).equals(SAMPLE) && !given.has(DataFolder.DATA);
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
