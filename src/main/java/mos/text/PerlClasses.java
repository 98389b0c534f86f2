package mos.text;

/** Character classes with the extent that the Moses scripts give them. */
final class PerlClasses {
  private PerlClasses() {}

  /** Unicode White_Space; unlike Java's notions it has no-break spaces and NEL. */
  static boolean isSpace(int c) {
    return c <= 0x7f ? c == ' ' || (c >= '\t' && c <= '\r') : c == 0x85 || Character.isSpaceChar(c);
  }

  static boolean isAlpha(int c) {
    return Character.isAlphabetic(c);
  }

  /** Letters, alphabetic marks and decimal digits. */
  static boolean isAlnum(int c) {
    return Character.isAlphabetic(c) || Character.isDigit(c);
  }

  static boolean isBlank(String line) {
    return line.chars().allMatch(PerlClasses::isSpace);
  }
}
