package mos.report;

import java.util.ArrayList;
import java.util.List;

/** A table of the page. Texts are escaped; a leading {@code >} aligns a column to the right. */
final class HtmlTable {
  private static final String RIGHT = " class=\"number\"";

  private final String cssClass;
  private final List<String> headers = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();
  private int rows;

  HtmlTable(String cssClass, String... headers) {
    this.cssClass = cssClass;
    this.headers.addAll(List.of(headers));
  }

  /** Adds a row of escaped texts; the first cell is its header. */
  HtmlTable row(String... cells) {
    rows++;
    body.append("<tr>");
    for (int i = 0; i < cells.length; i++) {
      body.append(i == 0 ? "<th scope=\"row\"" : "<td").append(isRight(i) ? RIGHT : "");
      if (!cssClass.isEmpty()) {
        // Where a narrow window stacks the cells, each carries its column's name.
        body.append(" data-name=\"").append(Html.escape(name(i))).append('"');
      }
      body.append('>').append(Html.escape(cells[i]));
      body.append(i == 0 ? "</th>" : "</td>");
    }
    body.append("</tr>\n");
    return this;
  }

  boolean isEmpty() {
    return rows == 0;
  }

  /** The table in a frame that scrolls sideways where the window is too narrow. */
  String html(String caption) {
    StringBuilder out = new StringBuilder("<div class=\"scroll\"><table class=\"");
    out.append(cssClass).append("\">\n");
    out.append(caption.isEmpty() ? "" : Html.element("caption", caption) + "\n");
    out.append("<thead><tr>");
    for (int i = 0; i < headers.size(); i++) {
      out.append("<th scope=\"col\"").append(isRight(i) ? RIGHT : "").append('>');
      out.append(Html.escape(name(i))).append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n").append(body).append("</tbody></table></div>\n");
    return out.toString();
  }

  private String name(int column) {
    return isRight(column) ? headers.get(column).substring(1) : headers.get(column);
  }

  private boolean isRight(int column) {
    return headers.get(column).startsWith(">");
  }
}
