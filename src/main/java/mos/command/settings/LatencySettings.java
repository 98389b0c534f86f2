package mos.command.settings;

import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.latency.LatencyConfig;

/** What one gold measurement of latency does. */
public final class LatencySettings {
  /** Source tokens. */
  public static final Setting<Integer> SOURCE_LENGTH =
      Setting.ofInt("latency-source-length")
          .in(SettingGroup.LATENCY)
          .range(1, LatencyConfig.MAX_TOKENS)
          .unit("tokens")
          .doc("source tokens, and decoder steps, of a latency measurement (iwslt14.de-en: 23)")
          .defaultsTo(30);

  /** Decoder steps; without it as many as source tokens. */
  public static final Setting<Integer> TARGET_LENGTH =
      Setting.ofInt("latency-target-length")
          .in(SettingGroup.LATENCY)
          .range(1, LatencyConfig.MAX_TOKENS)
          .unit("tokens")
          .doc("decoder steps of a latency measurement, if not as many as source tokens");

  /** Batch of a decoder step. */
  public static final Setting<Integer> BEAM =
      Setting.ofInt("latency-beam")
          .in(SettingGroup.LATENCY)
          .range(1, 1000)
          .doc("beam size of a latency measurement")
          .defaultsTo(5);

  /** Timed runs. */
  public static final Setting<Integer> RUNS =
      Setting.ofInt("latiter")
          .in(SettingGroup.LATENCY)
          .basic()
          .range(1, 1_000_000)
          .doc("timed runs per gold measurement")
          .defaultsTo(100);

  /** CPU threads while it is measured; the dataset's and predictor's hardware has their number. */
  public static final Setting<Integer> THREADS =
      Setting.ofInt("latency-threads")
          .in(SettingGroup.LATENCY)
          .atLeast(1)
          .doc(
              "CPU threads of a latency measurement, if not those of threads; several wait for each"
                  + " other, which takes many times as long beside other programs");

  /** Name under which measurements of a machine are kept. */
  public static final Setting<String> HARDWARE_SPEC =
      Setting.ofString("hardware-spec")
          .in(SettingGroup.LATENCY)
          .doc("name of the hardware that is measured, e.g. gpu_titanxp, cpu_xeon")
          .defaultsTo("cpu");

  private LatencySettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(SOURCE_LENGTH, TARGET_LENGTH, BEAM, RUNS, THREADS, HARDWARE_SPEC);
  }

  /** Those of {@link #of}. */
  public static List<Setting<?>> ofSentence() {
    return List.of(SOURCE_LENGTH, TARGET_LENGTH, BEAM, RUNS);
  }

  /** As configured. */
  public static LatencyConfig of(Settings settings) {
    int source = settings.get(SOURCE_LENGTH);
    return new LatencyConfig(
        source,
        settings.find(TARGET_LENGTH).orElse(source),
        settings.get(BEAM),
        settings.get(RUNS));
  }
}
