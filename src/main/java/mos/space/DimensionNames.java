package mos.space;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The names of one dimension in every form. Regular ones follow from HAT's: {@code
 * encoder_head_dim} is {@code encoder-head-dim-choice}, {@code encoder-head-dim-all-subtransformer}
 * and, stored, {@code encoderHeadDimChoices} and {@code encoderHeadDims}.
 *
 * @param json key in HAT's configuration dictionary
 * @param choice setting of a space's choices
 * @param value setting of an architecture's values
 * @param storedChoices name in checkpoints of a space's choices
 * @param storedValues that of an architecture's values; empty where others tell them
 */
record DimensionNames(
    String json, String choice, String value, String storedChoices, String storedValues) {
  private static final Pattern UNDERSCORE = Pattern.compile("_(.)");

  /** Regular names. */
  static DimensionNames of(String json) {
    String hyphened = json.replace('_', '-');
    return new DimensionNames(
        json,
        hyphened + "-choice",
        hyphened + "-all-subtransformer",
        camel(json) + "Choices",
        camel(json) + "s");
  }

  /** The same with other settings. */
  DimensionNames settings(String otherChoice, String otherValue) {
    return new DimensionNames(json, otherChoice, otherValue, storedChoices, storedValues);
  }

  /** The same with other stored names. */
  DimensionNames stored(String choices, String values) {
    return new DimensionNames(json, choice, value, choices, values);
  }

  static String camel(String underscored) {
    return UNDERSCORE
        .matcher(underscored)
        .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }
}
