package mos.sample;

/**
 * What fills one slot of a frame: the English words and the German ones in the cases that frames
 * ask for.
 *
 * @param en English
 * @param nominative German nominative; for ordinals the form in -e
 * @param accusative German accusative
 * @param dative German dative; for ordinals the weak form in -n
 */
record Filler(String en, String nominative, String accusative, String dative) {
  /** A filler whose German form is the same in all cases. */
  static Filler invariable(String en, String de) {
    return new Filler(en, de, de, de);
  }

  /**
   * The German form of a case.
   *
   * @param grammaticalCase {@code acc}, {@code dat} or, for the nominative, null
   */
  String german(String grammaticalCase) {
    if (grammaticalCase == null) {
      return nominative;
    }
    return grammaticalCase.equals("acc") ? accusative : dative;
  }
}
