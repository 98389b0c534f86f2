package mos.text;

import java.util.List;

/**
 * What tokenizer.perl does in some languages only.
 *
 * @param joiner a symbol that stays within words; 0 for none
 * @param joinsBeforeSmallLettersOnly whether the joiner is set apart before anything but a small
 *     letter
 * @param glottal whether an apostrophe is set apart before anything but a small letter, before the
 *     passes for apostrophes
 * @param apostrophes the passes that set apostrophes apart
 */
record TokenizerRules(
    char joiner, boolean joinsBeforeSmallLettersOnly, boolean glottal, List<Rewrite> apostrophes) {
  private static final char NONE = 0;

  private static final Rewrite LONE_APOSTROPHE =
      new Rewrite('\'', "(\\P{IsAlphabetic})'(\\P{IsAlphabetic})", "$1 ' $2");
  private static final Rewrite APOSTROPHE_BEFORE_WORD =
      new Rewrite('\'', "(\\P{IsAlphabetic})'(\\p{IsAlphabetic})", "$1 ' $2");
  private static final Rewrite APOSTROPHE_AFTER_WORD =
      new Rewrite('\'', "(\\p{IsAlphabetic})'(\\P{IsAlphabetic})", "$1 ' $2");

  /** English contractions begin with the apostrophe: {@code do n't}, {@code the 1990 's}. */
  private static final List<Rewrite> CONTRACTIONS =
      List.of(
          LONE_APOSTROPHE,
          new Rewrite('\'', "([^\\p{IsAlphabetic}\\p{N}])'(\\p{IsAlphabetic})", "$1 ' $2"),
          APOSTROPHE_AFTER_WORD,
          new Rewrite('\'', "(\\p{IsAlphabetic})'(\\p{IsAlphabetic})", "$1 '$2"),
          new Rewrite('\'', "(\\p{N})'(s)", "$1 '$2"));

  /** Romance and Irish elisions end with the apostrophe: {@code l' eau}. */
  private static final List<Rewrite> ELISIONS =
      List.of(
          LONE_APOSTROPHE,
          APOSTROPHE_BEFORE_WORD,
          APOSTROPHE_AFTER_WORD,
          new Rewrite('\'', "(\\p{IsAlphabetic})'(\\p{IsAlphabetic})", "$1' $2"));

  /** Where it writes a glottal stop, an apostrophe within a word is a letter: {@code ha'u}. */
  private static final List<Rewrite> GLOTTALS =
      List.of(LONE_APOSTROPHE, APOSTROPHE_BEFORE_WORD, APOSTROPHE_AFTER_WORD);

  private static final List<Rewrite> SEPARATE = List.of(new Rewrite('\'', "'", " ' "));

  /**
   * The rules of a language by Moses' code; a language that Moses does not know has the general.
   */
  static TokenizerRules of(String language) {
    return switch (language) {
      case "en" -> plain(CONTRACTIONS);
      case "fr", "it", "ga" -> plain(ELISIONS);
      // The script means to set the middle dot apart before capitals, but its pattern never
      // matches: COL·LECCIÓ stays whole.
      case "ca" -> new TokenizerRules('·', false, false, ELISIONS);
      case "fi", "sv" -> new TokenizerRules(':', true, false, SEPARATE);
      case "so" -> plain(GLOTTALS);
      case "tdt" -> new TokenizerRules(NONE, false, true, GLOTTALS);
      default -> plain(SEPARATE);
    };
  }

  private static TokenizerRules plain(List<Rewrite> apostrophes) {
    return new TokenizerRules(NONE, false, false, apostrophes);
  }

  /** Whether a character that ends before {@code next} stays attached to the word before it. */
  boolean attached(int c, String text, int next) {
    return switch (c) {
      case ' ', '.', '`', ',', '-' -> true;
      case '\'' -> !glottal || smallLetterAt(text, next);
      default ->
          PerlClasses.isAlnum(c)
              || ProtectedPatterns.isMark(c)
              || (c == joiner && (!joinsBeforeSmallLettersOnly || smallLetterAt(text, next)));
    };
  }

  private static boolean smallLetterAt(String text, int index) {
    return index < text.length()
        && Character.getType(text.codePointAt(index)) == Character.LOWERCASE_LETTER;
  }
}
