package mos.results;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import mos.base.AtomicFile;
import mos.base.MosException;

/** Reads a file of results, one a line, forgivingly: bad lines are counted, not fatal. */
public final class ResultLines {
  private static final int LONGEST_LINE = 1 << 20;
  private static final int MOST_LINES = 1_000_000;

  private ResultLines() {}

  /**
   * Gives the result of every line of {@code file} to {@code reader}, which answers false to those
   * it cannot use.
   *
   * @return number of lines that are damaged or of no use, including those longer than 1 MiB and
   *     those after the first million
   * @throws MosException when the file cannot be read
   */
  public static <T> long read(Path file, Class<T> type, Predicate<T> reader) {
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
          bad += fits && usable(text, file, type, reader) ? 0 : 1;
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    return bad;
  }

  private static <T> boolean usable(String text, Path file, Class<T> type, Predicate<T> reader) {
    try {
      return reader.test(ResultJson.parse(text, type, file.toString()));
    } catch (MosException e) {
      return false;
    }
  }
}
