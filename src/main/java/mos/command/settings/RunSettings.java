package mos.command.settings;

import java.nio.file.Path;
import java.util.List;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;

/** The settings of a whole run that no single stage has. */
public final class RunSettings {
  public static final Setting<String> TASK =
      Setting.ofString("task")
          .in(SettingGroup.RUN)
          .basic()
          .defaultsTo("wmt14.en-de")
          .doc("A task of configs/tasks, or a YAML file of your own");

  public static final Setting<Path> OUTPUT_DIR =
      Setting.ofPath("output-dir")
          .in(SettingGroup.RUN)
          .effect(Effect.NONE)
          .basic()
          .defaultsTo(Path.of("/tmp"))
          .doc(
              "Folder for everything of the experiment; not given, for the sample and for task"
                  + " files of your own: out/TASK");

  public static final Setting<Boolean> TRIAL_RUN =
      Setting.ofBoolean("trial-run")
          .in(SettingGroup.RUN)
          .basic()
          .defaultsTo(false)
          .doc("1: a dry run of every stage at the smallest size");

  public static final Setting<Integer> FRAC_EXPERTS =
      Setting.ofInt("frac-experts")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(0)
          .range(0, 1)
          .doc(
              "1: also search token-routed experts, up to max-experts a layer, each with an FFN size of"
                  + " its own; 0: do not");

  public static final Setting<Integer> SERVE =
      Setting.ofInt("serve")
          .in(SettingGroup.RUN)
          .effect(Effect.NONE)
          .basic()
          .range(0, 65535)
          .doc(
              "Show the live report at this port of the loopback address while running, 0 for any"
                  + " free one (the address is logged); not given: do not");

  public static final Setting<Boolean> COMPARE_BASE =
      Setting.ofBoolean("compare-base")
          .in(SettingGroup.RUN)
          .basic()
          .defaultsTo(false)
          .doc(
              "Also train a Transformer base (width 512, FFN 2048, 8 heads, 6 + 6 layers) on the same"
                  + " data with as many updates as the found SubTransformer, and compare both; it"
                  + " may be larger than the whole search space, and takes long");

  public static final Setting<Double> HOURS =
      Setting.ofDouble("hours")
          .in(SettingGroup.RUN)
          .effect(Effect.NONE)
          .basic()
          .range(0.01, 100_000)
          .unit("hours")
          .doc(
              "Time for the whole run: each stage gets its size from its measured speed when its turn"
                  + " comes, and keeps it (budget.json); sizes on the command line stay. Not given:"
                  + " the sizes of the task");

  /** A run to be made again. */
  public static final Setting<Path> FROM =
      Setting.ofPath("from")
          .in(SettingGroup.RUN)
          .basic()
          .doc("A summary.json: run again with its files and options; options here win over those");

  /** The task whose data this program makes. */
  static final String SAMPLE = "sample";

  private RunSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(TASK, OUTPUT_DIR, TRIAL_RUN, FRAC_EXPERTS, COMPARE_BASE, HOURS, SERVE, FROM);
  }

  /** The settings of a run, beside those of its stages. */
  public static List<Setting<?>> ofRun() {
    return List.of(
        TASK,
        OUTPUT_DIR,
        MachineSettings.NUM_GPUS,
        TRIAL_RUN,
        FRAC_EXPERTS,
        COMPARE_BASE,
        HOURS,
        SERVE);
  }

  /** What was given, else the published default; for tasks that were not published, out/TASK. */
  public static Path outputDir(Settings settings) {
    String task = settings.get(TASK);
    return settings.has(OUTPUT_DIR) || !TaskFile.isPath(task) && !task.equals(SAMPLE)
        ? settings.get(OUTPUT_DIR)
        : Path.of("out", TaskFile.of(settings).name());
  }

  /** Whether the run makes its data: the sample task where no folder was given. */
  public static boolean makesItsData(Settings settings) {
    return TaskFile.of(settings).isSample() && !settings.has(DataSettings.DATA);
  }
}
