package mos.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import mos.base.ConfigurationException;
import mos.base.Sha256;
import mos.data.Sampling;

/** Refuses to continue a training with what would silently make it another one. */
final class ResumeCheck {
  private static final String SEED = "seed";
  private static final String MAX_TOKENS = "max-tokens";
  private static final String UPDATE_FREQ = "update-freq";
  private static final String UPDATE_FREQ_TOTAL = "update-freq-total";
  private static final String LABEL_SMOOTHING = "label-smoothing";
  private static final String DISTILL = "distill";
  private static final String DISTILL_WEIGHT = "distill-weight";
  private static final String SAMPLING = "sampling";
  private static final String SAMPLING_TEMPERATURE = "sampling-temperature";
  private static final String SHUFFLE_BUFFER = "shuffle-buffer";
  private static final String BPE_DROPOUT = "bpe-dropout";

  /**
   * What decides which sentences and architectures an update has, and what is minimised, by key,
   * with what it was before checkpoints told it.
   */
  private static final Map<String, Object> FIXED =
      new TreeMap<>(
          Map.of(
              SEED,
              1,
              MAX_TOKENS,
              4096,
              UPDATE_FREQ,
              1,
              LABEL_SMOOTHING,
              0.1,
              DISTILL,
              "none",
              DISTILL_WEIGHT,
              0.1,
              SAMPLING,
              List.of(),
              SAMPLING_TEMPERATURE,
              1.0,
              SHUFFLE_BUFFER,
              0,
              BPE_DROPOUT,
              0.0));

  /** Was always told. */
  private static final String SANDWICH_RULE = "sandwich-rule";

  /** What a training was made from, as far as the checkpoint tells. */
  private static final List<String> ORIGINS = List.of("codes", "train", "valid", "parent");

  private ResumeCheck() {}

  /** See {@link TrainingConfig#told}. */
  static Map<String, Object> told(
      TrainingConfig config, Map<String, Object> settings, int processes) {
    Map<String, Object> told = new LinkedHashMap<>(settings);
    GradientConfig gradients = config.gradients();
    told.putIfAbsent(SEED, config.seed());
    told.putIfAbsent(MAX_TOKENS, config.update().maxTokens());
    told.putIfAbsent(LABEL_SMOOTHING, gradients.labelSmoothing());
    if (!config.sampling().equals(Sampling.PLAIN)) {
      told.putIfAbsent(SAMPLING, config.sampling().weights());
      told.putIfAbsent(SAMPLING_TEMPERATURE, config.sampling().temperature());
      told.putIfAbsent(SHUFFLE_BUFFER, config.sampling().shuffled());
    }
    if (gradients.distillation().active()) {
      told.putIfAbsent(DISTILL, gradients.distillation().kind().name().toLowerCase(Locale.ROOT));
      told.putIfAbsent(DISTILL_WEIGHT, gradients.distillation().weight());
    }
    if (config.bpeDropout() > 0) {
      told.putIfAbsent(BPE_DROPOUT, config.bpeDropout());
    }
    told.remove(UPDATE_FREQ_TOTAL);
    told.put(UPDATE_FREQ, config.update().inAll(processes));
    return told;
  }

  /**
   * @throws ConfigurationException naming the first difference and what to do
   */
  static void same(ModelDescription saved, ModelDescription now, Path file) {
    FIXED.forEach(
        (key, before) ->
            check(
                key,
                saved.settings().getOrDefault(key, before),
                now.settings().getOrDefault(key, before),
                file));
    check(
        SANDWICH_RULE,
        saved.settings().get(SANDWICH_RULE),
        now.settings().get(SANDWICH_RULE),
        file);
    check("model", saved.model(), now.model(), file);
    check("search space", saved.space(), now.space(), file);
    check("architecture", saved.architecture(), now.architecture(), file);
    check("source dictionary", saved.sourceDictionary(), now.sourceDictionary(), file);
    check("target dictionary", saved.targetDictionary(), now.targetDictionary(), file);
    for (String origin : ORIGINS) {
      String before = saved.provenance().get(origin);
      String given = now.provenance().get(origin);
      // Earlier versions hashed large files as a whole.
      if (before != null
          && given != null
          && before.startsWith(Sha256.SAMPLED) == given.startsWith(Sha256.SAMPLED)) {
        check("SHA-256 of " + origin, before, given, file);
      }
    }
  }

  private static void check(String what, Object saved, Object now, Path file) {
    // Numbers come back from JSON in the narrowest type, so they are compared as text.
    if (!Objects.equals(String.valueOf(saved), String.valueOf(now))) {
      throw new ConfigurationException(
          what
              + ": got "
              + now
              + ", but the training in "
              + file
              + " was started with "
              + saved
              + "; continue it with that, or train in another folder");
    }
  }
}
