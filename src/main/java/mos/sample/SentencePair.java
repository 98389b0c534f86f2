package mos.sample;

/**
 * One English sentence and its German translation, untokenised.
 *
 * @param en the English sentence: one line, trimmed, not empty
 * @param de the German sentence: one line, trimmed, not empty
 */
public record SentencePair(String en, String de) {
  public SentencePair {
    check("en", en);
    check("de", de);
  }

  private static void check(String side, String text) {
    if (text.isEmpty() || !text.equals(text.strip()) || text.indexOf('\n') >= 0) {
      throw new IllegalArgumentException(
          side + ": got \"" + text + "\", must be one trimmed line that is not empty");
    }
  }
}
