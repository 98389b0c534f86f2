package mos.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.base.ConfigurationException;

/**
 * Names of published files, and older ones of this program, that are ours under another name: plain
 * synonyms, and keys whose meaning depends on the kind of the file. HAT reads each kind with a
 * program of its own, here all files share one set of names: the {@code lr} of a predictor's file
 * is not that of training, and the {@code max-update} of a SubTransformer's common file not that of
 * the SuperTransformer.
 *
 * <p>Source: the files and option parsers published with HAT, MoS and fairseq.
 */
final class PublishedNames {
  private static final Map<String, String> SYNONYMS =
      Map.of(
          "expert-routing-type", "mos-type",
          "flops-constraint-giga", "flops-constraint",
          "learning-rate", "lr",
          "max-sentences", "batch-size",
          "quantization", "quantize",
          "skip-invalid-size-inputs-valid-test", "skip-invalid-size-inputs");

  /** Each of these marks a latency predictor's file, unless a key of training is there too. */
  private static final List<String> OF_PREDICTORS = List.of("train-steps", "bsz");

  private static final List<String> OF_TRAINING = List.of("lr-scheduler", "max-update", "max-lr");

  private static final Map<String, String> IN_PREDICTOR_FILES =
      Map.of("lr", "latency-predictor-lr");

  /** Marks the file that HAT trains a SubTransformer with. */
  private static final String OF_SUBTRANSFORMERS = "train-subtransformer";

  private static final Map<String, String> IN_SUBTRANSFORMER_FILES =
      Map.of("max-update", "sub-max-update", "warmup-updates", "sub-warmup-updates");

  private PublishedNames() {}

  /** Other names of an option, of published programs or older. */
  static List<String> others(String key) {
    return SYNONYMS.entrySet().stream()
        .filter(entry -> entry.getValue().equals(key))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** The key that an option stands for; the same where our settings have no other. */
  static String ofOption(String key, Set<String> known) {
    String name = SYNONYMS.getOrDefault(key, key);
    return known.contains(name) ? name : key;
  }

  /**
   * The lines of one file under our names.
   *
   * @throws ConfigurationException for a setting given under two names with different values
   */
  static Map<String, RawValue> ofFile(Map<String, RawValue> file, Set<String> known) {
    Map<String, String> byKind = byKind(file);
    Map<String, RawValue> renamed = new LinkedHashMap<>();
    file.forEach(
        (key, value) -> {
          String name = ofOption(key, known);
          String ofKind = byKind.getOrDefault(name, name);
          // A file with both names says itself what it means.
          boolean free = known.contains(ofKind) && !file.containsKey(ofKind);
          RawValue other = renamed.putIfAbsent(free ? ofKind : name, value);
          if (other != null && !other.items().equals(value.items())) {
            throw new ConfigurationException(
                key
                    + ": got "
                    + value.text()
                    + ", another name of "
                    + name
                    + ", which is "
                    + other.text()
                    + " ("
                    + value.where()
                    + ")");
          }
        });
    return renamed;
  }

  private static Map<String, String> byKind(Map<String, RawValue> file) {
    if (file.keySet().stream().anyMatch(OF_PREDICTORS::contains)
        && file.keySet().stream().noneMatch(OF_TRAINING::contains)) {
      return IN_PREDICTOR_FILES;
    }
    return isTrue(file.get(OF_SUBTRANSFORMERS)) ? IN_SUBTRANSFORMER_FILES : Map.of();
  }

  private static boolean isTrue(RawValue value) {
    try {
      return value != null && SettingType.BOOLEAN.parse(value);
    } catch (IllegalArgumentException e) {
      // Reported with its place when the setting itself is read.
      return false;
    }
  }
}
