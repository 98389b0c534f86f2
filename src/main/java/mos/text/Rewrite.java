package mos.text;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A replacement by regular expression that is only tried on text with {@code trigger} in it.
 *
 * @param trigger a character without which the pattern cannot match, or {@link #ANY}
 */
record Rewrite(char trigger, Pattern pattern, String replacement) {
  /** The trigger of patterns that need no certain character. */
  static final char ANY = 0;

  Rewrite(char trigger, String pattern, String replacement) {
    this(trigger, Pattern.compile(pattern), replacement);
  }

  String apply(String text) {
    return trigger != ANY && text.indexOf(trigger) < 0
        ? text
        : pattern.matcher(text).replaceAll(replacement);
  }

  static String applyAll(List<Rewrite> rewrites, String text) {
    String result = text;
    for (Rewrite rewrite : rewrites) {
      result = rewrite.apply(result);
    }
    return result;
  }
}
