package mos.command.settings;

import java.util.List;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.train.AdamConfig;
import mos.train.LearningRate;

/** The learning rate, and the optimiser that has it. */
public final class OptimiserSettings {
  public static final Setting<Integer> WARMUP_UPDATES =
      Setting.ofInt("warmup-updates")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(10_000)
          .atLeast(0)
          .doc("Updates of linear warm-up of the learning rate");

  public static final Setting<Integer> SUB_WARMUP_UPDATES =
      Setting.ofInt("sub-warmup-updates")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(4_000)
          .atLeast(0)
          .doc("Warm-up of the found SubTransformer, in place of warmup-updates");

  public static final Setting<String> LR_SCHEDULER =
      Setting.ofChoice("lr-scheduler", "cosine", "inverse_sqrt")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo("cosine")
          .doc("Learning rate after the warm-up: cosine (max-lr to lr) or inverse_sqrt (from lr)");

  public static final Setting<Double> WARMUP_INIT_LR =
      Setting.ofDouble("warmup-init-lr")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(1e-7)
          .atLeast(0)
          .doc("Learning rate of the first update");

  public static final Setting<Double> MAX_LR =
      Setting.ofDouble("max-lr")
          .in(SettingGroup.OPTIMISER)
          .basic()
          .defaultsTo(1e-3)
          .atLeast(0)
          .doc("Learning rate at the end of the warm-up (cosine)");

  public static final Setting<Double> LR =
      Setting.ofDouble("lr")
          .in(SettingGroup.OPTIMISER)
          .basic()
          .defaultsTo(1e-7)
          .atLeast(0)
          .doc("Last learning rate (cosine) or the one at the end of the warm-up (inverse_sqrt)");

  public static final Setting<Double> WEIGHT_DECAY =
      Setting.ofDouble("weight-decay")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(AdamConfig.DEFAULT.weightDecay())
          .atLeast(0)
          .doc("Decoupled weight decay");

  public static final Setting<List<Double>> ADAM_BETAS =
      Setting.ofDoubles("adam-betas")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(List.of(AdamConfig.DEFAULT.beta1(), AdamConfig.DEFAULT.beta2()))
          .range(0, 1)
          .doc("Decay rates of Adam's two moments");

  public static final Setting<Double> ADAM_EPS =
      Setting.ofDouble("adam-eps")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(AdamConfig.DEFAULT.epsilon())
          .atLeast(0)
          .doc("Adam's epsilon");

  public static final Setting<Double> CLIP_NORM =
      Setting.ofDouble("clip-norm")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(0.0)
          .atLeast(0)
          .doc("Gradient norm above which gradients are scaled down; 0: never");

  private OptimiserSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        WARMUP_UPDATES,
        SUB_WARMUP_UPDATES,
        LR_SCHEDULER,
        WARMUP_INIT_LR,
        MAX_LR,
        LR,
        WEIGHT_DECAY,
        ADAM_BETAS,
        ADAM_EPS,
        CLIP_NORM);
  }

  static AdamConfig adam(Settings settings) {
    List<Double> betas = settings.get(ADAM_BETAS);
    if (betas.size() != 2 || betas.contains(1.0)) {
      throw settings.error(ADAM_BETAS, "two numbers below 1");
    }
    return new AdamConfig(
        betas.get(0), betas.get(1), settings.get(ADAM_EPS), settings.get(WEIGHT_DECAY));
  }

  static LearningRate schedule(Settings settings, boolean subTransformer) {
    boolean cosine = settings.get(LR_SCHEDULER).equals("cosine");
    if (cosine && settings.get(MAX_LR) < settings.get(LR)) {
      throw settings.error(MAX_LR, "at least lr, " + settings.get(LR) + ", at which a cosine ends");
    }
    if (!cosine && settings.overrides().containsKey(MAX_LR.key())) {
      throw settings.error(MAX_LR, "left out with lr-scheduler inverse_sqrt, whose peak is lr");
    }
    try {
      return new LearningRate(
          cosine ? LearningRate.Decay.COSINE : LearningRate.Decay.INVERSE_SQRT,
          settings.get(subTransformer ? SUB_WARMUP_UPDATES : WARMUP_UPDATES),
          settings.get(
              subTransformer ? TrainingSettings.SUB_MAX_UPDATE : TrainingSettings.MAX_UPDATE),
          settings.get(WARMUP_INIT_LR),
          settings.get(cosine ? MAX_LR : LR),
          settings.get(LR));
    } catch (ConfigurationException e) {
      throw settings.error(cosine ? MAX_LR : LR, "above 0");
    }
  }
}
