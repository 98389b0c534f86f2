package mos.latency;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mos.base.MosException;
import mos.base.RecordReader;

/**
 * A table with a line of column names, as programs for tables write it: fields between commas, or
 * between semicolons or tabs if the names have no comma; in quotation marks or not.
 */
final class CsvTable implements AutoCloseable {
  /** Longest line, in characters. */
  static final int MAX_LINE = 1 << 17;

  private final RecordReader in;
  private final char separator;
  private final List<String> columns;

  /**
   * Reads the column names.
   *
   * @throws MosException naming file and line where it is no such table
   */
  CsvTable(Path file) {
    this(RecordReader.of(file), file + ":1");
  }

  private CsvTable(RecordReader in, String first) {
    this.in = in;
    String header = in.next();
    String names = header == null ? "" : limited(header, first);
    separator = names.indexOf(',') >= 0 ? ',' : names.indexOf(';') >= 0 ? ';' : '\t';
    columns = List.copyOf(fields(names, first));
    Set<String> seen = new HashSet<>();
    for (String column : columns) {
      if (!column.isEmpty() && !seen.add(column)) {
        throw new MosException(first + ": column " + shown(column) + " is there twice");
      }
    }
  }

  /** The names in order; one may be empty. */
  List<String> columns() {
    return columns;
  }

  /**
   * The fields of the next row, or null after the last one.
   *
   * @throws MosException naming file and line of a row that has not one field per column
   */
  List<String> next() {
    String line = in.next();
    if (line == null) {
      return null;
    }
    List<String> fields = fields(limited(line, where()), where());
    if (fields.size() != columns.size()) {
      throw new MosException(
          where() + ": got " + fields.size() + " values, need " + columns.size());
    }
    return fields;
  }

  /** Where the last row was. */
  String where() {
    return in.where();
  }

  private List<String> fields(String line, String where) {
    String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    boolean blank = true; // so far; asking the field itself makes long ones slow
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' && quoted && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        field.append('"');
        blank = false;
        i++;
      } else if (c == '"' && (quoted || blank)) {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        fields.add(field.toString().strip());
        field.setLength(0);
        blank = true;
      } else {
        field.append(c);
        blank &= Character.isWhitespace(c);
      }
    }
    if (quoted) {
      throw new MosException(where + ": a quotation mark is not closed");
    }
    fields.add(field.toString().strip());
    return fields;
  }

  private static String limited(String line, String where) {
    if (line.length() > MAX_LINE) {
      throw new MosException(
          where + ": got a line of " + line.length() + " characters, must be at most " + MAX_LINE);
    }
    return line;
  }

  /** A text for a message: short, without control characters, in quotation marks. */
  static String shown(String text) {
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return '"' + shown.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?") + '"';
  }

  @Override
  public void close() {
    in.close();
  }
}
