package mos.latency;

import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.space.ArchitectureFeatures;

/**
 * How a latency predictor is trained. All but the kind concern HAT's network alone: the additive
 * model is solved, not trained.
 *
 * @param kind which model
 * @param featureNorm divisors of the 10 features
 * @param latencyNormMs divisor of the latency; 0 for the mean latency of the training rows
 * @param hiddenDim width of the hidden layers
 * @param hiddenLayers hidden layers after the first
 * @param trainSteps steps of Adam
 * @param batchSize rows per step
 * @param learningRate of Adam
 */
public record PredictorSettings(
    Kind kind,
    List<Double> featureNorm,
    double latencyNormMs,
    int hiddenDim,
    int hiddenLayers,
    int trainSteps,
    int batchSize,
    double learningRate) {

  /** The models to choose from. */
  public enum Kind {
    /** Additive regression on the layers' sizes, see {@link AdditiveModel}. */
    MOS,
    /** HAT's network by HAT's recipe. */
    HAT
  }

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

  /**
   * @throws mos.base.ConfigurationException for any but 10 divisors
   */
  public PredictorSettings {
    featureNorm = HatNetwork.checkedNorm(featureNorm);
  }

  /** Every setting of predictor training. */
  public static List<Setting<?>> settings() {
    return List.of(
        MODEL,
        PATH,
        ArchitectureFeatures.FEATURE_NORM,
        LATENCY_NORM,
        FEATURE_DIM,
        HIDDEN_DIM,
        HIDDEN_LAYERS,
        TRAIN_STEPS,
        BATCH_SIZE,
        LEARNING_RATE);
  }

  /** As configured. */
  public static PredictorSettings of(Settings settings) {
    return new PredictorSettings(
        settings.get(MODEL).equals("hat") ? Kind.HAT : Kind.MOS,
        settings.get(ArchitectureFeatures.FEATURE_NORM),
        settings.get(LATENCY_NORM),
        settings.get(HIDDEN_DIM),
        settings.get(HIDDEN_LAYERS),
        settings.get(TRAIN_STEPS),
        settings.get(BATCH_SIZE),
        settings.get(LEARNING_RATE));
  }
}
