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

  /** Punctuation, ASCII symbols and white space. */
  static boolean isPunctuation(int c) {
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> isSpace(c) || (c < 0x80 && "$+<=>^`|~".indexOf(c) >= 0);
    };
  }

  /** Whether a line is one tag, as far as the scripts look. */
  static boolean isMarkup(String line) {
    return line.length() > 2 && line.startsWith("<") && line.endsWith(">");
  }

  static boolean isBlank(String line) {
    return line.chars().allMatch(PerlClasses::isSpace);
  }
}
