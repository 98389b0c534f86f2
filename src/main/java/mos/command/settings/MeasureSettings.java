package mos.command.settings;

import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;

/** What is told of one SubTransformer. */
public final class MeasureSettings {
  public static final Setting<Boolean> DESCRIBE =
      Setting.ofBoolean("describe")
          .in(SettingGroup.LATENCY)
          .basic()
          .defaultsTo(false)
          .doc("Features, parameters and FLOPs only: nothing is timed, no native code is loaded");

  public static final Setting<Integer> VOCABULARY_SIZE =
      Setting.ofInt("vocabulary-size")
          .in(SettingGroup.DATA)
          .defaultsTo(32_768)
          .atLeast(4)
          .unit("symbols")
          .doc("Size of both dictionaries, in place of the data folder's");

  public static final Setting<Boolean> CHECK_CONSTRAINT =
      Setting.ofBoolean("check-constraint")
          .in(SettingGroup.LATENCY)
          .basic()
          .defaultsTo(false)
          .doc(
              "Time it in alternation with the largest SubTransformer of the search space, three"
                  + " times, and tell whether it meets the constraint; a miss is exit code 1");

  public static final Setting<Integer> REPEAT =
      Setting.ofInt("repeat")
          .in(SettingGroup.LATENCY)
          .basic()
          .defaultsTo(1)
          .range(1, 1000)
          .doc(
              "Measurements of the architecture; the median counts, disagreement over 3% is said and"
                  + " is exit code 1");

  public static final Setting<Integer> SENTENCES =
      Setting.ofInt("latency-sentences")
          .in(SettingGroup.LATENCY)
          .basic()
          .defaultsTo(100)
          .range(1, 10_000)
          .unit("sentences")
          .doc(
              "Real sentences that are translated one at a time for the latency's percentiles,"
                  + " spread over the set");

  private MeasureSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(DESCRIBE, VOCABULARY_SIZE, CHECK_CONSTRAINT, REPEAT, SENTENCES);
  }
}
