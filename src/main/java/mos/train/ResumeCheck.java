package mos.train;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.data.BatchOptions;

/** Refuses to continue a training with what would silently make it another one. */
final class ResumeCheck {
  /** What decides which sentences and architectures an update has. */
  private static final List<Setting<?>> FIXED =
      List.of(
          TrainingSettings.SEED,
          BatchOptions.MAX_TOKENS,
          TrainingSettings.UPDATE_FREQ,
          TrainingSettings.LABEL_SMOOTHING,
          TrainingSettings.DISTILL,
          TrainingSettings.DISTILL_WEIGHT);

  /** A setting of the caller, who makes the schedule of architectures with it. */
  private static final String SANDWICH_RULE = "sandwich-rule";

  /** What a training was made from, as far as the checkpoint tells. */
  private static final List<String> ORIGINS = List.of("codes", "train", "valid", "parent");

  private ResumeCheck() {}

  /**
   * @throws ConfigurationException naming the first difference and what to do
   */
  static void same(ModelDescription saved, ModelDescription now, Path file) {
    for (Setting<?> setting : FIXED) {
      check(setting.key(), valueOf(setting, saved), valueOf(setting, now), file);
    }
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
      if (before != null && given != null) {
        check("SHA-256 of " + origin, before, given, file);
      }
    }
  }

  /** What is not there is from before the setting was, and trained as its default does. */
  private static Object valueOf(Setting<?> setting, ModelDescription description) {
    Object value = description.settings().get(setting.key());
    return value == null ? setting.defaultValue().orElse(null) : value;
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
