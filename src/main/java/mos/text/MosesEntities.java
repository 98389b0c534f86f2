package mos.text;

import java.util.List;

/** The entities that stand for characters with a meaning in Moses' own formats. */
final class MosesEntities {
  /**
   * Pairs of entity and character; the ampersand comes last, so that nothing is unescaped twice.
   */
  private static final List<List<String>> ENTITIES =
      List.of(
          List.of("&bar;", "|"),
          List.of("&#124;", "|"),
          List.of("&lt;", "<"),
          List.of("&gt;", ">"),
          List.of("&bra;", "["),
          List.of("&ket;", "]"),
          List.of("&quot;", "\""),
          List.of("&apos;", "'"),
          List.of("&#91;", "["),
          List.of("&#93;", "]"),
          List.of("&amp;", "&"));

  private MosesEntities() {}

  static String escape(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      String entity = entity(c);
      if (entity != null && out == null) {
        out = new StringBuilder(text.length() + 32).append(text, 0, i);
      }
      if (entity != null) {
        out.append(entity);
      } else if (out != null) {
        out.append(c);
      }
    }
    return out == null ? text : out.toString();
  }

  private static String entity(char c) {
    return switch (c) {
      case '&' -> "&amp;";
      case '|' -> "&#124;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '\'' -> "&apos;";
      case '"' -> "&quot;";
      case '[' -> "&#91;";
      case ']' -> "&#93;";
      default -> null;
    };
  }

  static String unescape(String text) {
    if (text.indexOf('&') < 0) {
      return text;
    }
    String result = text;
    for (List<String> entity : ENTITIES) {
      result = result.replace(entity.get(0), entity.get(1));
    }
    return result;
  }
}
