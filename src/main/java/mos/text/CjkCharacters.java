package mos.text;

/** Characters of Chinese, Japanese and Korean, whose words are written without blanks. */
final class CjkCharacters {
  private CjkCharacters() {}

  static boolean starts(String word) {
    return !word.isEmpty() && contain(word.codePointAt(0));
  }

  static boolean ends(String word) {
    return !word.isEmpty() && contain(word.codePointBefore(word.length()));
  }

  private static boolean contain(int c) {
    return between(c, 0x1100, 0x11FF) // Hangul Jamo
        || between(c, 0x2E80, 0xA4CF) // radicals, kana, bopomofo, ideographs, Yi
        || between(c, 0xA840, 0xA87F) // Phags-pa
        || between(c, 0xAC00, 0xD7AF) // Hangul syllables
        || between(c, 0xF900, 0xFAFF) // compatibility ideographs
        || between(c, 0xFE30, 0xFE4F) // compatibility forms
        || between(c, 0xFF65, 0xFFDC) // half-width forms
        || between(c, 0x20000, 0x2FFFF); // supplementary ideographic plane
  }

  private static boolean between(int c, int first, int last) {
    return c >= first && c <= last;
  }
}
