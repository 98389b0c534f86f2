package mos.report;

/** Marks the words of a translation that are not in its reference, in order, as HTML. */
final class WordDifference {
  /** Longer sentences are shown without marks: the comparison takes the product of lengths. */
  private static final int MOST_WORDS = 500;

  private WordDifference() {}

  /**
   * {@code text} escaped, with {@code mark} around every run of words outside a longest common
   * subsequence with {@code reference}.
   */
  static String mark(String text, String reference) {
    String[] words = text.strip().split("\\s+");
    String[] expected = reference.strip().split("\\s+");
    if (reference.isBlank() || words.length > MOST_WORDS || expected.length > MOST_WORDS) {
      return Html.escape(text);
    }
    boolean[] common = common(words, expected);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < words.length; i++) {
      boolean starts = !common[i] && (i == 0 || common[i - 1]);
      boolean ends = !common[i] && (i == words.length - 1 || common[i + 1]);
      out.append(i == 0 ? "" : " ").append(starts ? "<mark>" : "");
      out.append(Html.escape(words[i])).append(ends ? "</mark>" : "");
    }
    return out.toString();
  }

  private static boolean[] common(String[] words, String[] expected) {
    int[][] longest = new int[words.length + 1][expected.length + 1];
    for (int i = words.length - 1; i >= 0; i--) {
      for (int j = expected.length - 1; j >= 0; j--) {
        longest[i][j] =
            words[i].equals(expected[j])
                ? longest[i + 1][j + 1] + 1
                : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    boolean[] common = new boolean[words.length];
    int i = 0;
    int j = 0;
    while (i < words.length && j < expected.length) {
      if (words[i].equals(expected[j])) {
        common[i++] = true;
        j++;
      } else if (longest[i + 1][j] >= longest[i][j + 1]) {
        i++;
      } else {
        j++;
      }
    }
    return common;
  }
}
