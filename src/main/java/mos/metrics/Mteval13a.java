package mos.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The tokenisation "13a" of NIST's mteval-v13a, as sacrebleu applies it before BLEU: punctuation is
 * set apart, full stops and commas only where they do not stand between digits.
 *
 * <p>Source: sacrebleu's documentation of {@code tok:13a}; NIST mteval-v13a.
 */
final class Mteval13a {
  private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern AFTER_NON_DIGIT = Pattern.compile("([^0-9])([.,])");
  private static final Pattern BEFORE_NON_DIGIT = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");

  private Mteval13a() {}

  static List<String> tokens(String segment) {
    String text = segment.replace("<skipped>", "").replace("-\n", "").replace('\n', ' ');
    if (text.indexOf('&') >= 0) {
      text =
          text.replace("&quot;", "\"")
              .replace("&amp;", "&")
              .replace("&lt;", "<")
              .replace("&gt;", ">");
    }
    text = SYMBOL.matcher(" " + text + " ").replaceAll(" $1 ");
    text = AFTER_NON_DIGIT.matcher(text).replaceAll("$1 $2 ");
    text = BEFORE_NON_DIGIT.matcher(text).replaceAll(" $1 $2");
    text = DASH_AFTER_DIGIT.matcher(text).replaceAll("$1 $2 ");
    return splitAtWhiteSpace(text);
  }

  static List<String> splitAtWhiteSpace(String text) {
    List<String> tokens = new ArrayList<>();
    int start = -1;
    for (int i = 0; i < text.length(); i++) {
      if (isWhiteSpace(text.charAt(i))) {
        if (start >= 0) {
          tokens.add(text.substring(start, i));
        }
        start = -1;
      } else if (start < 0) {
        start = i;
      }
    }
    if (start >= 0) {
      tokens.add(text.substring(start));
    }
    return tokens;
  }

  static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && isWhiteSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  /** White space in the sense of Python's {@code str.isspace}: wider than Java's. */
  static boolean isWhiteSpace(char c) {
    return (c >= '\t' && c <= '\r')
        || (c >= '\u001c' && c <= '\u001f')
        || c == '\u0085'
        || Character.isSpaceChar(c);
  }
}
