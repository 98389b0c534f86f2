package mos.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A value as written, before its type is known.
 *
 * @param items the scalars; exactly one unless {@code list}
 * @param list whether it was written as a list
 * @param where file and line, or the command line
 */
record RawValue(List<String> items, boolean list, String where) {
  /** Longest text repeated in a message. */
  private static final int SHOWN_CHARS = 200;

  RawValue {
    items = List.copyOf(items);
  }

  static RawValue scalar(String text, String where) {
    return new RawValue(List.of(text), false, where);
  }

  /**
   * The elements of a list value: as written, or the comma-separated parts of a scalar, which may
   * be in brackets or parentheses ({@code (0.9, 0.98)} is a scalar in YAML).
   */
  List<String> elements() {
    if (list) {
      return items;
    }
    String text = items.get(0).strip();
    if (text.length() >= 2
        && ((text.startsWith("[") && text.endsWith("]"))
            || (text.startsWith("(") && text.endsWith(")")))) {
      text = text.substring(1, text.length() - 1);
    }
    List<String> parts = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      parts.add(part.strip());
    }
    return parts;
  }

  /** For messages. */
  String text() {
    String text = list ? items.toString() : items.get(0).isEmpty() ? "nothing" : items.get(0);
    text = text.replaceAll("\\p{Cntrl}", "?");
    return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
  }
}
