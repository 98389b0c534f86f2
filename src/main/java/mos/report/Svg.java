package mos.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** Writes one inline SVG picture: well-formed, escaped, sized by its view box, with a title. */
final class Svg {
  private final StringBuilder out = new StringBuilder(4096);
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens a picture.
   *
   * @param title its name, read out by screen readers
   * @param description what it shows, in a sentence
   */
  Svg(String cssClass, double width, double height, String title, String description) {
    open(
        "svg",
        "class",
        cssClass,
        "viewBox",
        "0 0 " + number(width) + " " + number(height),
        "role",
        "img",
        "aria-label",
        title + ". " + description);
    out.append(Html.element("desc", description)).append('\n');
  }

  /** Opens an element; {@code attributes} are names and values in turn (numbers or text). */
  Svg open(String name, Object... attributes) {
    tag(name, attributes);
    out.append('>');
    open.push(name);
    return this;
  }

  /** Closes the element opened last. */
  Svg close() {
    out.append("</").append(open.pop()).append(">\n");
    return this;
  }

  /** An element without content. */
  Svg leaf(String name, Object... attributes) {
    tag(name, attributes);
    out.append("/>\n");
    return this;
  }

  /** An element with a tooltip. */
  Svg leafWithTitle(String title, String name, Object... attributes) {
    if (title.isEmpty()) {
      return leaf(name, attributes);
    }
    open(name, attributes);
    out.append(Html.element("title", title));
    return close();
  }

  /** A text at a point; {@code anchor} is start, middle or end. */
  Svg text(double x, double y, String anchor, String cssClass, String text) {
    open("text", "x", x, "y", y, "text-anchor", anchor, "class", cssClass);
    out.append(Html.escape(text));
    return close();
  }

  private void tag(String name, Object... attributes) {
    out.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      Object value = attributes[i + 1];
      String text = value instanceof Number n ? number(n.doubleValue()) : value.toString();
      out.append(' ').append(attributes[i]).append("=\"").append(Html.escape(text)).append('"');
    }
  }

  /** A coordinate: at most two decimals, which is finer than a pixel on any screen. */
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceAll("\\.?0+$", "");
  }

  /** Closes what is open; the finished picture. */
  String finish() {
    while (!open.isEmpty()) {
      close();
    }
    return out.toString();
  }
}
