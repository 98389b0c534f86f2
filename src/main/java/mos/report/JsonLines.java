package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;

/** Reads a file of JSON objects, one a line, forgivingly: bad lines are counted, not fatal. */
final class JsonLines {
  private static final int LONGEST_LINE = 1 << 20;
  private static final double LARGEST_NUMBER = 1e30;
  private static final int MOST_LINES = 1_000_000;

  private JsonLines() {}

  /**
   * Gives every object of {@code file} to {@code reader}, which answers false to those it cannot
   * use.
   *
   * @return number of lines that are damaged or of no use, including those longer than 1 MiB and
   *     those after the first million
   * @throws MosException when the file cannot be read
   */
  static long read(Path file, Predicate<JsonNode> reader) {
    long bad = 0;
    long lines = 0;
    StringBuilder line = new StringBuilder();
    // This reader replaces malformed UTF-8 instead of failing on it.
    try (Reader in =
        new BufferedReader(
            new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8), 1 << 16)) {
      boolean more = true;
      while (more) {
        line.setLength(0);
        int length = 0;
        int c;
        while ((c = in.read()) >= 0 && c != '\n') {
          if (++length <= LONGEST_LINE) {
            line.append((char) c);
          }
        }
        more = c >= 0;
        String text = line.toString().strip();
        if (!text.isEmpty()) {
          lines++;
          boolean fits = length <= LONGEST_LINE && lines <= MOST_LINES;
          bad += fits && usable(text, file, reader) ? 0 : 1;
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    return bad;
  }

  private static boolean usable(String text, Path file, Predicate<JsonNode> reader) {
    try {
      JsonNode node = Json.parse(text, file.toString());
      return node.isObject() && reader.test(node);
    } catch (MosException e) {
      return false;
    }
  }

  /**
   * The number at {@code path} inside {@code node}; not a number (NaN) where there is none, or an
   * absurd one, past 1e30, whose differences would overflow in plots.
   */
  static double number(JsonNode node, String... path) {
    JsonNode at = at(node, path);
    double value = at.isNumber() ? at.asDouble() : Double.NaN;
    return Math.abs(value) <= LARGEST_NUMBER ? value : Double.NaN;
  }

  /** The text, number or truth value at {@code path} inside {@code node}; empty if none. */
  static String text(JsonNode node, String... path) {
    JsonNode at = at(node, path);
    return at.isValueNode() && !at.isNull() ? at.asText() : "";
  }

  private static JsonNode at(JsonNode node, String... path) {
    JsonNode at = node;
    for (String key : path) {
      at = at.path(key);
    }
    return at;
  }
}
