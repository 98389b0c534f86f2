package mos.command.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.data.Sampling;
import mos.experiment.TrainingSetup;
import mos.tensor.Precision;
import mos.train.Intervals;
import mos.train.ModelDescription;
import mos.train.TrainingConfig;

/** How long a training is, how large its updates are and when it is checked and saved. */
public final class TrainingSettings {
  public static final Setting<Integer> TOKENS_PER_PASS =
      Setting.ofInt("max-tokens-per-pass")
          .in(SettingGroup.TRAINING)
          .effect(Effect.NONE)
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
          .effect(Effect.EXTENDS)
          .basic()
          .defaultsTo(40_000)
          .atLeast(1)
          .doc("Updates of the training");

  public static final Setting<Integer> SUB_MAX_UPDATE =
      Setting.ofInt("sub-max-update")
          .in(SettingGroup.TRAINING)
          .effect(Effect.EXTENDS)
          .basic()
          .defaultsTo(40_000)
          .atLeast(1)
          .doc("Updates of the found SubTransformer, in place of max-update");

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
          .effect(Effect.NONE)
          .defaultsTo(1000)
          .atLeast(0)
          .unit("updates")
          .doc("Updates between checkpoints within an epoch; 0: none");

  public static final Setting<Integer> KEEP_LAST_EPOCHS =
      Setting.ofInt("keep-last-epochs")
          .in(SettingGroup.TRAINING)
          .effect(Effect.NONE)
          .defaultsTo(20)
          .atLeast(0)
          .doc("Numbered checkpoints kept");

  public static final Setting<Boolean> SANDWICH_RULE =
      Setting.ofBoolean("sandwich-rule")
          .in(SettingGroup.TRAINING)
          .defaultsTo(true)
          .doc("Train the largest and the smallest SubTransformer along with a random one");

  public static final Setting<Boolean> TRAIN_SUBTRANSFORMER =
      Setting.ofBoolean("train-subtransformer")
          .in(SettingGroup.TRAINING)
          .defaultsTo(false)
          .doc("Train the one SubTransformer that the settings describe");

  public static final Setting<String> INIT =
      Setting.ofChoice("init", "scratch", "supernet")
          .in(SettingGroup.TRAINING)
          .basic()
          .defaultsTo("scratch")
          .doc("First weights of a SubTransformer: random, or inherited from restore-file");

  public static final Setting<Double> BPE_DROPOUT =
      Setting.ofDouble("bpe-dropout")
          .in(SettingGroup.TRAINING)
          .defaultsTo(0.0)
          .range(0, 0.99)
          .doc(
              "BPE dropout: how often a merge is left out wherever it would be made in the training"
                  + " set, anew in each epoch; 0.1 is usual");

  /** What HAT, which trains a SubTransformer by the same program, calls its own numbers. */
  public static final Map<String, Setting<?>> PUBLISHED_OF_SUBTRANSFORMERS =
      Map.of(
          MAX_UPDATE.key(),
          SUB_MAX_UPDATE,
          OptimiserSettings.WARMUP_UPDATES.key(),
          OptimiserSettings.SUB_WARMUP_UPDATES);

  private TrainingSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        TOKENS_PER_PASS,
        UPDATE_FREQ,
        UPDATE_FREQ_TOTAL,
        MAX_UPDATE,
        SUB_MAX_UPDATE,
        VALIDATE_INTERVAL,
        VALIDATE_INTERVAL_UPDATES,
        SAVE_INTERVAL_UPDATES,
        KEEP_LAST_EPOCHS,
        SANDWICH_RULE,
        TRAIN_SUBTRANSFORMER,
        BPE_DROPOUT,
        INIT);
  }

  /**
   * The settings that {@link #of} reads, and those of the machine.
   *
   * @param subTransformer whether a single SubTransformer is trained
   */
  public static List<Setting<?>> ofTraining(boolean subTransformer) {
    List<Setting<?>> settings = new ArrayList<>(common());
    settings.addAll(
        subTransformer
            ? List.of(SUB_MAX_UPDATE, OptimiserSettings.SUB_WARMUP_UPDATES)
            : List.of(
                MAX_UPDATE,
                OptimiserSettings.WARMUP_UPDATES,
                LossSettings.DISTILL,
                LossSettings.DISTILL_WEIGHT));
    return settings;
  }

  private static List<Setting<?>> common() {
    return List.of(
        DataSettings.SAMPLING,
        DataSettings.SAMPLING_TEMPERATURE,
        DataSettings.SHUFFLE_BUFFER,
        DataSettings.MAX_TOKENS,
        TOKENS_PER_PASS,
        UPDATE_FREQ,
        UPDATE_FREQ_TOTAL,
        OptimiserSettings.LR_SCHEDULER,
        OptimiserSettings.WARMUP_INIT_LR,
        OptimiserSettings.MAX_LR,
        OptimiserSettings.LR,
        LossSettings.DROPOUT,
        LossSettings.ATTENTION_DROPOUT,
        LossSettings.ACTIVATION_DROPOUT,
        LossSettings.LABEL_SMOOTHING,
        OptimiserSettings.WEIGHT_DECAY,
        OptimiserSettings.ADAM_BETAS,
        OptimiserSettings.ADAM_EPS,
        OptimiserSettings.CLIP_NORM,
        VALIDATE_INTERVAL,
        VALIDATE_INTERVAL_UPDATES,
        SAVE_INTERVAL_UPDATES,
        KEEP_LAST_EPOCHS,
        BPE_DROPOUT,
        MachineSettings.SEED,
        MachineSettings.DEVICE,
        MachineSettings.PRECISION,
        MachineSettings.THREADS,
        MachineSettings.DETERMINISTIC,
        LossSettings.CAPACITY_FACTOR,
        LossSettings.BALANCE_WEIGHT);
  }

  /**
   * What the settings ask for, but for the precision, which may depend on what machine this is.
   *
   * @param subTransformer whether a single SubTransformer is trained, which has its own numbers of
   *     updates and warm-up
   */
  public static TrainingConfig of(Settings settings, boolean subTransformer) {
    return new TrainingConfig(
        updateSize(settings),
        OptimiserSettings.schedule(settings, subTransformer),
        LossSettings.of(settings, subTransformer, Precision.FP32),
        OptimiserSettings.adam(settings),
        settings.get(OptimiserSettings.CLIP_NORM),
        new Intervals(
            settings.get(VALIDATE_INTERVAL),
            settings.get(VALIDATE_INTERVAL_UPDATES),
            settings.get(SAVE_INTERVAL_UPDATES),
            settings.get(KEEP_LAST_EPOCHS)),
        settings.get(BPE_DROPOUT),
        settings.get(MachineSettings.SEED),
        sampling(settings));
  }

  /** Which sentence pairs an epoch has. */
  public static Sampling sampling(Settings settings) {
    return new Sampling(
        settings.find(DataSettings.SAMPLING).orElse(List.of()),
        settings.get(DataSettings.SAMPLING_TEMPERATURE),
        settings.get(DataSettings.SHUFFLE_BUFFER));
  }

  /** What a training reads, how it trains and where it saves. */
  public static TrainingSetup setup(Settings settings, boolean subTransformer, Path folder) {
    return new TrainingSetup(
        DataSettings.source(settings),
        of(settings, subTransformer),
        folder,
        MachineSettings.compute(settings),
        new TrainingSetup.Told(settings.toMap(), TrainingSettings::changed));
  }

  /** What a training may go on with, but not unnoticed: in words, empty when nothing changed. */
  public static List<String> changed(ModelDescription begun, ModelDescription now) {
    List<String> changed = new ArrayList<>();
    for (Setting<?> setting : ofTraining(now.architecture() != null)) {
      if (setting.effect() == Effect.RESULT && setting != MachineSettings.DEVICE) {
        compare(changed, setting.key(), valueOf(setting, begun), valueOf(setting, now));
      }
    }
    // "auto" is not always the same device.
    String device = MachineSettings.DEVICE.key();
    if (begun.provenance().containsKey(device) && now.provenance().containsKey(device)) {
      compare(changed, device, begun.provenance().get(device), now.provenance().get(device));
    }
    return changed;
  }

  private static void compare(List<String> changed, String what, Object before, Object now) {
    // Numbers come back from JSON in the narrowest type, so they are compared as text.
    if (!String.valueOf(before).equals(String.valueOf(now))) {
      changed.add(what + " " + before + " before, now " + now);
    }
  }

  /** What is not there is from before the setting was, and trained as its default does. */
  private static Object valueOf(Setting<?> setting, ModelDescription description) {
    Object value = description.settings().get(setting.key());
    return value == null ? setting.defaultValue().orElse(null) : value;
  }

  private static TrainingConfig.UpdateSize updateSize(Settings settings) {
    int maxTokens = settings.get(DataSettings.MAX_TOKENS);
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
}
