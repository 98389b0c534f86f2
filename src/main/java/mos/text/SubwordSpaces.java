package mos.text;

import java.util.ArrayList;
import java.util.List;

/** subword-nmt's idea of white space: a line ends in CR, LF or blanks, and blanks divide words. */
final class SubwordSpaces {
  private SubwordSpaces() {}

  static boolean isMargin(char c) {
    return c == ' ' || c == '\r' || c == '\n';
  }

  /** Where the text starts behind its leading margin; the length for a line of margin alone. */
  static int start(String line) {
    int start = 0;
    while (start < line.length() && isMargin(line.charAt(start))) {
      start++;
    }
    return start;
  }

  /** Where the trailing margin starts. */
  static int end(String line) {
    int end = line.length();
    while (end > 0 && isMargin(line.charAt(end - 1))) {
      end--;
    }
    return end;
  }

  static String strip(String line) {
    int start = start(line);
    return line.substring(start, Math.max(start, end(line)));
  }

  /** The words of a line: stripped, divided at single blanks, empty ones dropped. */
  static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    int end = end(line);
    for (int i = start(line); i < end; ) {
      int blank = line.indexOf(' ', i);
      int stop = blank < 0 || blank > end ? end : blank;
      if (stop > i) {
        words.add(line.substring(i, stop));
      }
      i = stop + 1;
    }
    return words;
  }
}
