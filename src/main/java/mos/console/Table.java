package mos.console;

import java.util.ArrayList;
import java.util.List;

/**
 * A plain-text table with a header, a rule and aligned columns, for standard output.
 *
 * <p>A header that starts with {@code >} aligns its column to the right: {@code Table.of("stage",
 * ">time")}.
 */
public final class Table {
  private static final String RIGHT = ">";
  private static final String GAP = "  ";

  private final List<String> headers = new ArrayList<>();
  private final List<Boolean> rightAligned = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  private Table() {}

  /**
   * An empty table.
   *
   * @param headers the columns' names, at least one; a leading {@code >} aligns to the right
   */
  public static Table of(String... headers) {
    if (headers.length == 0) {
      throw new IllegalArgumentException("a table needs at least one column");
    }
    Table table = new Table();
    for (String header : headers) {
      boolean right = header.startsWith(RIGHT);
      table.headers.add(right ? header.substring(RIGHT.length()) : header);
      table.rightAligned.add(right);
    }
    return table;
  }

  /** Adds a row of as many cells as there are columns; null prints as nothing. */
  public Table row(Object... cells) {
    if (cells.length != headers.size()) {
      throw new IllegalArgumentException(
          "got " + cells.length + " cells for " + headers.size() + " columns");
    }
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell == null ? "" : cell.toString().replaceAll("\\s+", " "));
    }
    rows.add(row);
    return this;
  }

  /** The lines, each ended by a line feed, without trailing spaces. */
  @Override
  public String toString() {
    int[] widths = new int[headers.size()];
    measure(headers, widths);
    rows.forEach(row -> measure(row, widths));
    StringBuilder out = new StringBuilder();
    append(headers, widths, out);
    List<String> rule = new ArrayList<>();
    for (int width : widths) {
      rule.add("-".repeat(width));
    }
    append(rule, widths, out);
    rows.forEach(row -> append(row, widths, out));
    return out.toString();
  }

  private static void measure(List<String> cells, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], width(cells.get(i)));
    }
  }

  private void append(List<String> cells, int[] widths, StringBuilder out) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - width(cells.get(i)));
      line.append(i == 0 ? "" : GAP);
      line.append(rightAligned.get(i) ? padding + cells.get(i) : cells.get(i) + padding);
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }
}
