package mos.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

  /** What no parameter depends on, or what a user may well raise. */
  private static final Set<Setting<?>> FREE =
      Set.of(
          TrainingSettings.MAX_UPDATE,
          TrainingSettings.SUB_MAX_UPDATE,
          TrainingSettings.TOKENS_PER_PASS,
          TrainingSettings.VALIDATE_INTERVAL,
          TrainingSettings.VALIDATE_INTERVAL_UPDATES,
          TrainingSettings.SAVE_INTERVAL_UPDATES,
          TrainingSettings.KEEP_LAST_EPOCHS,
          TrainingSettings.DEVICE,
          TrainingSettings.THREADS);

  private static final String DEVICE = "device";

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

  /** What a training may go on with, but not unnoticed: in words, empty when nothing changed. */
  static List<String> changed(ModelDescription saved, ModelDescription now) {
    List<String> changed = new ArrayList<>();
    for (Setting<?> setting : TrainingSettings.settings(now.architecture() != null)) {
      if (!FREE.contains(setting)) {
        compare(changed, setting.key(), valueOf(setting, saved), valueOf(setting, now));
      }
    }
    if (saved.provenance().containsKey(DEVICE) && now.provenance().containsKey(DEVICE)) {
      compare(changed, DEVICE, saved.provenance().get(DEVICE), now.provenance().get(DEVICE));
    }
    return changed;
  }

  private static void compare(List<String> changed, String what, Object before, Object now) {
    if (!String.valueOf(before).equals(String.valueOf(now))) {
      changed.add(what + " " + before + " before, now " + now);
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
