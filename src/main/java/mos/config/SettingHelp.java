package mos.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * A setting as help shows it.
 *
 * @param label placeholder of the value: "int", "number,…", "relu|gelu|swish"
 * @param text the documentation as a sentence and, in brackets, what the label does not tell: unit,
 *     legal values, default
 */
public record SettingHelp(String label, String text) {
  /** Longer lists of names stand in the text, not in the placeholder. */
  private static final int LONGEST_LABEL = 32;

  /** Upper ends that nobody comes near, which are left out. */
  private static final double FAR = 1_000_000;

  /** The help of a setting. */
  public static <T> SettingHelp of(Setting<T> setting) {
    boolean tells = setting.label().length() <= LONGEST_LABEL;
    List<String> notes = new ArrayList<>();
    notes.add(setting.unit());
    notes.add(tells ? setting.range(FAR) : setting.need());
    setting
        .defaultValue()
        .map(setting::render)
        .filter(Predicate.not("false"::equals))
        .ifPresent(value -> notes.add("default: " + value));
    notes.removeIf(String::isEmpty);
    String doc = setting.doc().isEmpty() ? setting.key() : setting.doc();
    String sentence = doc.substring(0, 1).toUpperCase(Locale.ROOT) + doc.substring(1);
    return new SettingHelp(
        tells ? setting.label() : "name",
        notes.isEmpty() ? sentence : sentence + " (" + String.join("; ", notes) + ")");
  }
}
