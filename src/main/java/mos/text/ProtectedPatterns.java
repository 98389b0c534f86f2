package mos.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import mos.base.ConfigurationException;

/**
 * Regular expressions of text that stays one token, such as addresses and times: the files of
 * tokenizer.perl's {@code -protected}, one pattern a line. The expressions are Java's, which reads
 * nearly all of Perl's.
 *
 * <p>Longer matches go first, so that 1:00 does not divide 11:00; the script replaces them in the
 * order of patterns and places.
 *
 * @param patterns none of them matches the empty text
 */
public record ProtectedPatterns(List<Pattern> patterns) {
  /** Protects nothing. */
  public static final ProtectedPatterns NONE = new ProtectedPatterns(List.of());

  /** Begins and ends a place holder; the tokeniser removes it from all text before. */
  private static final char MARK = 1;

  /** Digits of place holders are control characters too, which no protected text contains. */
  private static final int FIRST_DIGIT = 0x10;

  private static final int BASE = 8;
  private static final Pattern HOLDER = Pattern.compile("\u0001([\u0010-\u0017]+)\u0001");

  public ProtectedPatterns {
    patterns = List.copyOf(patterns);
  }

  /** A text with place holders, and what they stand for. */
  record Hidden(String text, List<String> originals) {
    String restore(String tokens) {
      if (originals.isEmpty()) {
        return tokens;
      }
      return HOLDER
          .matcher(tokens)
          .replaceAll(holder -> Matcher.quoteReplacement(originals.get(index(holder.group(1)))));
    }
  }

  /**
   * Reads a file of patterns.
   *
   * @throws ConfigurationException when a line is no regular expression, or matches the empty text
   * @throws mos.base.MosException when the file cannot be read, or is no UTF-8
   */
  public static ProtectedPatterns read(Path file) {
    List<Pattern> patterns = new ArrayList<>();
    int number = 0;
    for (String line : ListFile.lines(file)) {
      number++;
      if (!line.isEmpty()) {
        patterns.add(compile(line, file + ":" + number));
      }
    }
    return new ProtectedPatterns(patterns);
  }

  private static Pattern compile(String line, String where) {
    try {
      Pattern pattern = Pattern.compile(line, Pattern.UNICODE_CHARACTER_CLASS);
      if (pattern.matcher("").find()) {
        throw new ConfigurationException(
            where + ": got the pattern " + line + ", must not match the empty text");
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      throw new ConfigurationException(
          where + ": got " + line + ", must be a regular expression: " + e.getDescription());
    }
  }

  /** Whether a character belongs to a place holder. */
  static boolean isMark(int c) {
    return c == MARK || (c >= FIRST_DIGIT && c < FIRST_DIGIT + BASE);
  }

  /**
   * Puts place holders between blanks for all that the patterns match.
   *
   * @param text without control characters
   */
  Hidden hide(String text) {
    if (patterns.isEmpty()) {
      return new Hidden(text, List.of());
    }
    List<String> originals = new ArrayList<>();
    // as in the script: with a blank at both ends, and every match before any is replaced
    String result = " " + text + " ";
    for (Pattern pattern : patterns) {
      Matcher matcher = pattern.matcher(result);
      // what follows a match is a text of its own: ^ matches there
      for (int from = 0; from < result.length() && matcher.region(from, result.length()).find(); ) {
        if (matcher.end() > matcher.start()) {
          originals.add(matcher.group());
        }
        from = Math.max(matcher.end(), matcher.start() + 1);
      }
    }
    originals.sort(Comparator.comparingInt(String::length).reversed());
    for (int i = 0; i < originals.size(); i++) {
      result = result.replace(originals.get(i), " " + holder(i) + " ");
    }
    return new Hidden(result.replaceAll(" +", " ").strip(), originals);
  }

  private static String holder(int index) {
    StringBuilder holder = new StringBuilder().append(MARK);
    for (char digit : Integer.toString(index, BASE).toCharArray()) {
      holder.append((char) (FIRST_DIGIT + digit - '0'));
    }
    return holder.append(MARK).toString();
  }

  private static int index(String digits) {
    int index = 0;
    for (char digit : digits.toCharArray()) {
      index = index * BASE + digit - FIRST_DIGIT;
    }
    return index;
  }
}
