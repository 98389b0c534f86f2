package mos.base;

import java.util.ArrayList;
import java.util.List;

/**
 * The words of a command line, parted and quoted as a POSIX shell does it. Nothing is expanded: a
 * dollar sign, a star or a tilde stands for itself.
 */
public final class CommandWords {
  private CommandWords() {}

  /**
   * The words of a line: parted by white space; single quotes keep everything, double quotes
   * everything but a backslash before one of {@code " \ $ `}; a backslash outside keeps the next
   * character.
   *
   * @throws IllegalArgumentException for a quote that is not closed, or a backslash at the end
   */
  public static List<String> split(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        if (word != null) {
          words.add(word.toString());
          word = null;
        }
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (c == '\'' || c == '"') {
        i = quotedPart(line, i, word);
      } else if (c == '\\') {
        i++;
        if (i == line.length()) {
          throw new IllegalArgumentException("a backslash at the end");
        }
        if (line.charAt(i) != '\n') {
          word.append(line.charAt(i));
        }
      } else {
        word.append(c);
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return words;
  }

  /** Appends what is between the quote at {@code open} and its partner; returns its place. */
  private static int quotedPart(String line, int open, StringBuilder word) {
    char quote = line.charAt(open);
    for (int i = open + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == quote) {
        return i;
      }
      boolean escape =
          quote == '"'
              && c == '\\'
              && i + 1 < line.length()
              && "\"\\$`\n".indexOf(line.charAt(i + 1)) >= 0;
      if (!escape) {
        word.append(c);
      } else if (line.charAt(++i) != '\n') {
        word.append(line.charAt(i));
      }
    }
    throw new IllegalArgumentException(
        "a " + (quote == '"' ? "double" : "single") + " quote that is not closed");
  }

  /** The word so that a shell, or {@link #split}, reads it as that one word. */
  public static String quote(String word) {
    return word.matches("[A-Za-z0-9_./,:=@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** All words, quoted where they need it, with a space between them. */
  public static String join(List<String> words) {
    return String.join(" ", words.stream().map(CommandWords::quote).toList());
  }
}
