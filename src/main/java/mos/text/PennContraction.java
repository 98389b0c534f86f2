package mos.text;

import java.util.List;

/**
 * A word that the Penn Treebank has as two tokens.
 *
 * @param initial its first letter, small or a capital
 * @param apostrophe whether an apostrophe stands before it
 * @param first the rest of the first token
 * @param second the second token
 */
record PennContraction(String initial, boolean apostrophe, String first, String second) {
  static final List<PennContraction> ALL =
      List.of(
          new PennContraction("[Cc]", false, "an", "not"),
          new PennContraction("[Dd]", false, "'", "ye"),
          new PennContraction("[Gg]", false, "im", "me"),
          new PennContraction("[Gg]", false, "on", "na"),
          new PennContraction("[Gg]", false, "ot", "ta"),
          new PennContraction("[Ll]", false, "em", "me"),
          new PennContraction("[Mm]", false, "ore", "'n"),
          new PennContraction("[Tt]", true, "", "is"),
          new PennContraction("[Tt]", true, "", "was"),
          new PennContraction("[Ww]", false, "an", "na"));

  private String mark() {
    return apostrophe ? "'" : "";
  }

  Rewrite dividing() {
    return new Rewrite(
        Rewrite.ANY,
        " " + mark() + "(" + initial + ")" + first + second + " ",
        " " + mark() + "$1" + first + " " + second + " ");
  }

  Rewrite joining() {
    return new Rewrite(
        Rewrite.ANY,
        " " + mark() + "(" + initial + ")" + first + " " + second + " ",
        " " + mark() + "$1" + first + second + " ");
  }
}
