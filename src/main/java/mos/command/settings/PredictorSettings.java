package mos.command.settings;

import java.util.List;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.latency.PredictorConfig;
import mos.space.ArchitectureFeatures;

/** The latency predictor: where it lies and how it is trained. */
public final class PredictorSettings {
  /** Which model. */
  public static final Setting<String> MODEL =
      Setting.ofChoice("latency-predictor-model", "mos", "hat")
          .in(SettingGroup.PREDICTOR)
          .doc("latency predictor: mos, additive in the layers' sizes, or hat, HAT's network")
          .defaultsTo("mos");

  /** Where the trained predictor lies. */
  public static final Setting<java.nio.file.Path> PATH =
      Setting.ofPath("ckpt-path")
          .in(SettingGroup.PREDICTOR)
          .basic()
          .doc("file of the latency predictor");

  /** Divisor of the target; HAT uses 200 for its GPUs, which suits no other hardware. */
  public static final Setting<Double> LATENCY_NORM =
      Setting.ofDouble("lat-norm")
          .in(SettingGroup.PREDICTOR)
          .range(0, 1e9)
          .unit("ms")
          .doc("what the target latency of HAT's network is divided by; 0: the mean of the rows")
          .defaultsTo(0.0);

  /** Given in HAT's files; the features are as many as they are. */
  public static final Setting<Integer> FEATURE_DIM =
      Setting.ofInt("feature-dim")
          .in(SettingGroup.PREDICTOR)
          .range(ArchitectureFeatures.AGGREGATE_SIZE, ArchitectureFeatures.AGGREGATE_SIZE)
          .doc("features that HAT's latency predictor sees")
          .defaultsTo(ArchitectureFeatures.AGGREGATE_SIZE);

  /** Hidden width. */
  public static final Setting<Integer> HIDDEN_DIM =
      Setting.ofInt("hidden-dim")
          .in(SettingGroup.PREDICTOR)
          .range(1, 10_000)
          .doc("hidden size of HAT's latency predictor")
          .defaultsTo(400);

  /** Hidden layers. */
  public static final Setting<Integer> HIDDEN_LAYERS =
      Setting.ofInt("hidden-layer-num")
          .in(SettingGroup.PREDICTOR)
          .range(0, 90)
          .doc("hidden layers of HAT's latency predictor after the first")
          .defaultsTo(3);

  /** Steps. */
  public static final Setting<Integer> TRAIN_STEPS =
      Setting.ofInt("train-steps")
          .in(SettingGroup.PREDICTOR)
          .range(1, 100_000_000)
          .doc("training steps of HAT's latency predictor")
          .defaultsTo(5000);

  /** Batch. */
  public static final Setting<Integer> BATCH_SIZE =
      Setting.ofInt("bsz")
          .in(SettingGroup.PREDICTOR)
          .range(1, 1_000_000)
          .doc("rows per training step of HAT's latency predictor")
          .defaultsTo(128);

  /** Learning rate. */
  public static final Setting<Double> LEARNING_RATE =
      Setting.ofDouble("latency-predictor-lr")
          .in(SettingGroup.PREDICTOR)
          .range(1e-12, 10)
          .doc("learning rate of HAT's latency predictor")
          .defaultsTo(1e-5);

  /** Uses a predictor made for other hardware. */
  public static final Setting<Boolean> ACCEPT_OTHER_HARDWARE =
      Setting.ofBoolean("accept-other-hardware")
          .in(SettingGroup.PREDICTOR)
          .effect(Effect.NONE)
          .defaultsTo(false)
          .doc(
              "Use a latency predictor that was measured on other hardware, with other threads or"
                  + " another precision, all the same");

  public static final Setting<Boolean> EVALUATE =
      Setting.ofBoolean("evaluate")
          .in(SettingGroup.PREDICTOR)
          .basic()
          .defaultsTo(false)
          .doc("Also train HAT's network by its recipe, for comparison");

  private PredictorSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        MODEL,
        PATH,
        LATENCY_NORM,
        FEATURE_DIM,
        HIDDEN_DIM,
        HIDDEN_LAYERS,
        TRAIN_STEPS,
        BATCH_SIZE,
        LEARNING_RATE,
        ACCEPT_OTHER_HARDWARE,
        EVALUATE);
  }

  /** Every setting of predictor training. */
  public static List<Setting<?>> ofTraining() {
    return List.of(
        MODEL,
        PATH,
        ModelSettings.FEATURE_NORM,
        LATENCY_NORM,
        FEATURE_DIM,
        HIDDEN_DIM,
        HIDDEN_LAYERS,
        TRAIN_STEPS,
        BATCH_SIZE,
        LEARNING_RATE);
  }

  /** As configured. */
  public static PredictorConfig of(Settings settings) {
    settings.get(FEATURE_DIM); // of which there is one number
    return new PredictorConfig(
        settings.get(MODEL).equals("hat") ? PredictorConfig.Kind.HAT : PredictorConfig.Kind.MOS,
        settings.get(ModelSettings.FEATURE_NORM),
        settings.get(LATENCY_NORM),
        settings.get(HIDDEN_DIM),
        settings.get(HIDDEN_LAYERS),
        settings.get(TRAIN_STEPS),
        settings.get(BATCH_SIZE),
        settings.get(LEARNING_RATE));
  }
}
