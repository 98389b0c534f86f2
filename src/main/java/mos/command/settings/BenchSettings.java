package mos.command.settings;

import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;

/** What a benchmark times. */
public final class BenchSettings {
  public static final Setting<Boolean> TRAIN =
      Setting.ofBoolean("train")
          .in(SettingGroup.BENCHMARK)
          .basic()
          .defaultsTo(false)
          .doc("Measure updates of the sandwich rule only, no single SubTransformers, no latency");

  public static final Setting<Integer> SENTENCE_TOKENS =
      Setting.ofInt("sentence-tokens")
          .in(SettingGroup.BENCHMARK)
          .defaultsTo(30)
          .atLeast(2)
          .unit("tokens")
          .doc("Length of the random sentences");

  public static final Setting<Integer> UPDATES =
      Setting.ofInt("bench-updates")
          .in(SettingGroup.BENCHMARK)
          .defaultsTo(3)
          .atLeast(1)
          .doc("Timed updates of each case");

  public static final Setting<Integer> WARM_UP =
      Setting.ofInt("bench-warm-up")
          .in(SettingGroup.BENCHMARK)
          .defaultsTo(1)
          .atLeast(1)
          .doc("Updates before, not timed");

  public static final Setting<List<Integer>> TOKENS =
      Setting.ofInts("bench-tokens")
          .in(SettingGroup.BENCHMARK)
          .basic()
          .atLeast(1)
          .unit("tokens")
          .doc("Tokens of an update, one or several sizes to measure; not given: max-tokens");

  public static final Setting<Boolean> TEXT =
      Setting.ofBoolean("bench-text")
          .in(SettingGroup.BENCHMARK)
          .defaultsTo(false)
          .doc("Train on the training set of the data folder in place of random sentences");

  public static final Setting<String> CASES =
      Setting.ofString("bench-cases")
          .in(SettingGroup.BENCHMARK)
          .basic()
          .doc(
              "Models to measure, for example hat,layer-wise:2,neuron-wise:6 (kind:experts); not"
                  + " given: what mos-type and max-experts say");

  public static final Setting<Boolean> DECODE =
      Setting.ofBoolean("decode")
          .in(SettingGroup.BENCHMARK)
          .basic()
          .defaultsTo(false)
          .doc("Measure translating in batches only, no training, no latency");

  public static final Setting<List<Integer>> BATCH =
      Setting.ofInts("bench-batch")
          .in(SettingGroup.BENCHMARK)
          .defaultsTo(List.of(128, 512))
          .atLeast(2)
          .unit("sentences")
          .doc("Sentences decoded together, one or several numbers to measure");

  private BenchSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(TRAIN, SENTENCE_TOKENS, UPDATES, WARM_UP, TOKENS, TEXT, CASES, DECODE, BATCH);
  }
}
