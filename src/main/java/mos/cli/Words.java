package mos.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A command line as the parser reads it.
 *
 * @param words command, options with hyphens, values
 * @param everything whether help was asked to show all options: {@code --help all}
 */
record Words(List<String> words, boolean everything) {
  private static final String HELP = "--help";
  private static final String ALL = "all";

  Words {
    words = List.copyOf(words);
  }

  /** Reads what was typed; {@code help COMMAND} is {@code COMMAND --help}. */
  static Words of(String... typed) {
    List<String> words = new ArrayList<>();
    for (String word : typed) {
      words.add(hyphenated(word));
    }
    if (!words.isEmpty() && words.get(0).equals("help")) {
      words.remove(0);
      words.add(Math.min(1, words.size()), HELP);
      if (words.get(0).equals(ALL)) {
        words.add(0, words.remove(1));
      }
    }
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).equals(HELP + "=" + ALL)) {
        words.set(i, HELP);
        return new Words(words, true);
      }
      boolean help = words.get(i).equals(HELP) || words.get(i).equals("-h");
      if (help && i + 1 < words.size() && words.get(i + 1).equals(ALL)) {
        words.remove(i + 1);
        return new Words(words, true);
      }
    }
    return new Words(words, false);
  }

  /** The first word that is no option; empty without one. */
  String command() {
    for (String word : words) {
      if (!word.startsWith("-")) {
        return word;
      }
    }
    return "";
  }

  /**
   * Option names are accepted with underscores, as HAT's scripts and MoS's entry point have them.
   */
  static String hyphenated(String word) {
    if (!word.startsWith("--")) {
      return word;
    }
    int equals = word.indexOf('=');
    return equals < 0
        ? word.replace('_', '-')
        : word.substring(0, equals).replace('_', '-') + word.substring(equals);
  }
}
