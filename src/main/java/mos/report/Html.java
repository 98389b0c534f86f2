package mos.report;

/** Text for HTML and SVG; everything from outside passes through here. */
final class Html {
  private Html() {}

  /**
   * {@code text} as content or attribute value: the five special characters as entities, and
   * characters that XML does not know (controls, lone surrogates) as the replacement character.
   */
  static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints().forEach(c -> append(c, out));
    return out.toString();
  }

  private static void append(int c, StringBuilder out) {
    switch (c) {
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '&' -> out.append("&amp;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> out.appendCodePoint(isXml(c) ? c : 0xFFFD);
    }
  }

  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }

  /** An element with escaped text: {@code <name>text</name>}. */
  static String element(String name, String text) {
    return "<" + name + ">" + escape(text) + "</" + name + ">";
  }

  /** An element with a class and escaped text. */
  static String element(String name, String cssClass, String text) {
    return "<" + name + " class=\"" + cssClass + "\">" + escape(text) + "</" + name + ">";
  }

  /** A paragraph that says why something is not there. */
  static String absent(String text) {
    return element("p", "absent", text) + "\n";
  }
}
