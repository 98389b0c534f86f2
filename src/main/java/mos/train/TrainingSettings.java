package mos.train;

import java.util.List;
import java.util.Locale;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.data.BatchOptions;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.tensor.Precision;

/** The settings that make a {@link TrainingConfig}, and those of the machine it runs on. */
public final class TrainingSettings {
  public static final Setting<Integer> TOKENS_PER_PASS =
      Setting.ofInt("max-tokens-per-pass")
          .in(SettingGroup.TRAINING)
          .atLeast(1)
          .unit("tokens")
          .doc(
              "Most tokens of one forward pass: micro-batches merge up to it; not given: max-tokens"
                  + " on the CPU, on a GPU a whole update, as far as memory allows");
  public static final Setting<Integer> UPDATE_FREQ =
      Setting.ofInt("update-freq")
          .in(SettingGroup.TRAINING)
          .defaultsTo(1)
          .atLeast(1)
          .doc("Micro-batches per update of each process");
  public static final Setting<Integer> UPDATE_FREQ_TOTAL =
      Setting.ofInt("update-freq-total")
          .in(SettingGroup.TRAINING)
          .atLeast(1)
          .doc(
              "Micro-batches per update of all processes together, in place of update-freq; they"
                  + " need not divide evenly");
  public static final Setting<Integer> MAX_UPDATE =
      Setting.ofInt("max-update")
          .in(SettingGroup.TRAINING)
          .basic()
          .defaultsTo(40_000)
          .atLeast(1)
          .doc("Updates of the training");
  public static final Setting<Integer> WARMUP_UPDATES =
      Setting.ofInt("warmup-updates")
          .in(SettingGroup.OPTIMISER)
          .defaultsTo(10_000)
          .atLeast(0)
          .doc("Updates of linear warm-up of the learning rate");
  public static final Setting<Integer> SUB_MAX_UPDATE =
      Setting.ofInt("sub-max-update")
          .in(SettingGroup.TRAINING)
          .basic()
          .defaultsTo(40_000)
          .atLeast(1)
          .doc("Updates of the found SubTransformer, in place of max-update");
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
  public static final Setting<Integer> VALIDATE_INTERVAL =
      Setting.ofInt("validate-interval")
          .in(SettingGroup.TRAINING)
          .defaultsTo(1)
          .atLeast(1)
          .unit("epochs")
          .doc("Epochs between validations");
  public static final Setting<Integer> VALIDATE_INTERVAL_UPDATES =
      Setting.ofInt("validate-interval-updates")
          .in(SettingGroup.TRAINING)
          .defaultsTo(0)
          .atLeast(0)
          .unit("updates")
          .doc("Updates between further validations; 0: none");
  public static final Setting<Integer> SAVE_INTERVAL_UPDATES =
      Setting.ofInt("save-interval-updates")
          .in(SettingGroup.TRAINING)
          .defaultsTo(1000)
          .atLeast(0)
          .unit("updates")
          .doc("Updates between checkpoints within an epoch; 0: none");
  public static final Setting<Integer> KEEP_LAST_EPOCHS =
      Setting.ofInt("keep-last-epochs")
          .in(SettingGroup.TRAINING)
          .defaultsTo(20)
          .atLeast(0)
          .doc("Numbered checkpoints kept");
  public static final Setting<Long> SEED =
      Setting.ofLong("seed")
          .in(SettingGroup.MACHINE)
          .basic()
          .defaultsTo(1L)
          .doc("Seed of everything random");
  public static final Setting<String> PRECISION =
      Setting.ofChoice("precision", "fp32", "tf32", "bf16", "fp16")
          .in(SettingGroup.MACHINE)
          .doc(
              "Forward and backward passes: fp32, tf32 (fast matrix products), bf16, fp16 (with"
                  + " loss scaling); not given: bf16 on a GPU, fp32 on the CPU");
  public static final Setting<String> DEVICE =
      Setting.ofString("device")
          .in(SettingGroup.MACHINE)
          .basic()
          .defaultsTo("auto")
          .doc("Where to compute: cpu, cuda, cuda:N, or auto, a GPU where there is one");
  public static final Setting<Integer> THREADS =
      Setting.ofInt("threads")
          .in(SettingGroup.MACHINE)
          .basic()
          .defaultsTo(0)
          .atLeast(0)
          .doc("CPU threads; 0: as many as there are physical cores");

  public static final Setting<Boolean> DETERMINISTIC =
      Setting.ofBoolean("deterministic")
          .in(SettingGroup.MACHINE)
          .defaultsTo(false)
          .doc(
              "The same seed gives the same bits on a GPU too, at some speed; on the CPU it always"
                  + " does, with the same threads");

  private TrainingSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        BatchOptions.MAX_TOKENS,
        TOKENS_PER_PASS,
        UPDATE_FREQ,
        UPDATE_FREQ_TOTAL,
        MAX_UPDATE,
        WARMUP_UPDATES,
        SUB_MAX_UPDATE,
        SUB_WARMUP_UPDATES,
        LR_SCHEDULER,
        WARMUP_INIT_LR,
        MAX_LR,
        LR,
        DROPOUT,
        ATTENTION_DROPOUT,
        ACTIVATION_DROPOUT,
        LABEL_SMOOTHING,
        DISTILL,
        DISTILL_WEIGHT,
        WEIGHT_DECAY,
        ADAM_BETAS,
        ADAM_EPS,
        CLIP_NORM,
        VALIDATE_INTERVAL,
        VALIDATE_INTERVAL_UPDATES,
        SAVE_INTERVAL_UPDATES,
        KEEP_LAST_EPOCHS,
        SEED,
        DEVICE,
        PRECISION,
        THREADS,
        DETERMINISTIC,
        TokenTraining.CAPACITY_FACTOR,
        TokenTraining.BALANCE_WEIGHT);
  }

  /**
   * What the settings ask for.
   *
   * @param subTransformer whether a single SubTransformer is trained, which has its own numbers of
   *     updates and warm-up
   */
  public static TrainingConfig fromSettings(
      Settings settings, boolean subTransformer, Precision precision) {
    return new TrainingConfig(
        updateSize(settings),
        schedule(settings, subTransformer),
        gradients(settings, subTransformer, precision),
        adam(settings),
        settings.get(CLIP_NORM),
        new Intervals(
            settings.get(VALIDATE_INTERVAL),
            settings.get(VALIDATE_INTERVAL_UPDATES),
            settings.get(SAVE_INTERVAL_UPDATES),
            settings.get(KEEP_LAST_EPOCHS)),
        settings.get(SEED));
  }

  private static TrainingConfig.UpdateSize updateSize(Settings settings) {
    int maxTokens = settings.get(BatchOptions.MAX_TOKENS);
    int tokensPerPass = settings.find(TOKENS_PER_PASS).orElse(0);
    if (tokensPerPass > 0 && tokensPerPass < maxTokens) {
      throw settings.error(TOKENS_PER_PASS, "at least max-tokens, " + maxTokens);
    }
    return new TrainingConfig.UpdateSize(
        maxTokens,
        tokensPerPass,
        settings.find(UPDATE_FREQ_TOTAL).orElse(settings.get(UPDATE_FREQ)),
        settings.has(UPDATE_FREQ_TOTAL));
  }

  private static GradientConfig gradients(
      Settings settings, boolean subTransformer, Precision precision) {
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
        TokenTraining.of(settings),
        precision,
        settings.get(DETERMINISTIC));
  }

  private static AdamConfig adam(Settings settings) {
    List<Double> betas = settings.get(ADAM_BETAS);
    if (betas.size() != 2) {
      throw settings.error(ADAM_BETAS, "two numbers");
    }
    return new AdamConfig(
        betas.get(0), betas.get(1), settings.get(ADAM_EPS), settings.get(WEIGHT_DECAY));
  }

  private static LearningRate schedule(Settings settings, boolean subTransformer) {
    boolean cosine = settings.get(LR_SCHEDULER).equals("cosine");
    try {
      return new LearningRate(
          cosine ? LearningRate.Decay.COSINE : LearningRate.Decay.INVERSE_SQRT,
          settings.get(subTransformer ? SUB_WARMUP_UPDATES : WARMUP_UPDATES),
          settings.get(subTransformer ? SUB_MAX_UPDATE : MAX_UPDATE),
          settings.get(WARMUP_INIT_LR),
          settings.get(cosine ? MAX_LR : LR),
          settings.get(LR));
    } catch (ConfigurationException e) {
      throw settings.error(cosine ? MAX_LR : LR, "above 0");
    }
  }
}
