package mos.command.settings;

import java.nio.file.Path;
import java.util.List;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;

/** The latency dataset: where it lies and how large it is. */
public final class LatencyDatasetSettings {
  /** Where the dataset lies. */
  public static final Setting<Path> PATH =
      Setting.ofPath("lat-dataset-path")
          .in(SettingGroup.PREDICTOR)
          .basic()
          .doc("CSV file of the latency dataset");

  /** How many rows it gets. */
  public static final Setting<Integer> SIZE =
      Setting.ofInt("lat-dataset-size")
          .in(SettingGroup.PREDICTOR)
          .effect(Effect.GROWS)
          .basic()
          .range(1, 10_000_000)
          .doc("random SubTransformers timed for the latency dataset")
          .defaultsTo(2000);

  public static final Setting<Integer> RETRIES =
      Setting.ofInt("lat-dataset-retries")
          .in(SettingGroup.PREDICTOR)
          .effect(Effect.NONE)
          .defaultsTo(2)
          .range(0, 100)
          .doc(
              "Further measurements of a row on the CPU that other programs disturbed (over 0.1"
                  + " cores), where the system tells; the fastest counts");

  public static final Setting<Path> PLAN =
      Setting.ofPath("plan")
          .in(SettingGroup.PREDICTOR)
          .effect(Effect.NONE)
          .doc(
              "Measure nothing: write the architectures to this file, for a device that measures"
                  + " them with from-plan");

  public static final Setting<Path> FROM_PLAN =
      Setting.ofPath("from-plan")
          .in(SettingGroup.PREDICTOR)
          .effect(Effect.NONE)
          .doc("Measure the architectures of this file, which says data, space and sentence");

  private LatencyDatasetSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(PATH, SIZE, RETRIES, PLAN, FROM_PLAN);
  }
}
