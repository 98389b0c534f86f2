package mos.command.settings;

import java.util.List;
import java.util.Locale;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.nn.TokenRouting;
import mos.tensor.Precision;
import mos.train.GradientConfig;
import mos.train.TokenTraining;

/** What a training minimises, and its regularisation. */
public final class LossSettings {
  public static final Setting<Double> DROPOUT =
      Setting.ofDouble("dropout")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(0.3)
          .range(0, 0.99)
          .doc("Dropout on embeddings and sublayers at full width; shrinks with the width");

  public static final Setting<Double> ATTENTION_DROPOUT =
      Setting.ofDouble("attention-dropout")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(0.0)
          .range(0, 0.99)
          .doc("Dropout on attention weights");

  public static final Setting<Double> ACTIVATION_DROPOUT =
      Setting.ofDouble("activation-dropout")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(0.0)
          .range(0, 0.99)
          .doc("Dropout after the activation of the FFN");

  public static final Setting<Double> LABEL_SMOOTHING =
      Setting.ofDouble("label-smoothing")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(0.1)
          .range(0, 0.99)
          .doc("Probability mass spread over the vocabulary");

  public static final Setting<String> DISTILL =
      Setting.ofChoice("distill", "none", "kl", "alpha")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo("none")
          .doc(
              "In-place distillation: by which divergence the largest SubTransformer of an update"
                  + " teaches the others; needs the sandwich rule");

  public static final Setting<Double> DISTILL_WEIGHT =
      Setting.ofDouble("distill-weight")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(0.1)
          .range(0, 1)
          .doc("Share w of the teacher in what the others minimise; the references have 1 - w");

  public static final Setting<Double> CAPACITY_FACTOR =
      Setting.ofDouble("token-capacity-factor")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(0.0)
          .range(0, 1000)
          .doc(
              "In training a token expert takes at most this times tokens / experts of a pass, the"
                  + " rest pass by; 0: no limit");

  public static final Setting<Double> BALANCE_WEIGHT =
      Setting.ofDouble("token-balance-weight")
          .in(SettingGroup.EXPERTS)
          .defaultsTo(TokenRouting.BALANCE)
          .range(0, 1000)
          .doc("Coefficient of the load-balancing loss of token experts");

  private LossSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        DROPOUT,
        ATTENTION_DROPOUT,
        ACTIVATION_DROPOUT,
        LABEL_SMOOTHING,
        DISTILL,
        DISTILL_WEIGHT,
        CAPACITY_FACTOR,
        BALANCE_WEIGHT);
  }

  /**
   * How gradients are made.
   *
   * @param subTransformer whether a single SubTransformer is trained, which nobody teaches
   */
  static GradientConfig of(Settings settings, boolean subTransformer, Precision precision) {
    return new GradientConfig(
        new DropoutRates(
            settings.get(DROPOUT),
            settings.get(ATTENTION_DROPOUT),
            settings.get(ACTIVATION_DROPOUT)),
        settings.get(LABEL_SMOOTHING),
        subTransformer
            ? Distillation.NONE
            : new Distillation(
                Distillation.Kind.valueOf(settings.get(DISTILL).toUpperCase(Locale.ROOT)),
                settings.get(DISTILL_WEIGHT)),
        tokenExperts(settings),
        precision,
        settings.get(MachineSettings.DETERMINISTIC));
  }

  /** How token-routed experts are trained. */
  public static TokenTraining tokenExperts(Settings settings) {
    return new TokenTraining(settings.get(CAPACITY_FACTOR), settings.get(BALANCE_WEIGHT));
  }
}
