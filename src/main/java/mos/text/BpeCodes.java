package mos.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * An ordered list of merge operations. A symbol that ends a word carries {@link #END_OF_WORD}.
 *
 * <p>Source: Sennrich et al., ACL 2016; code file format {@code #version: 0.2} of subword-nmt.
 *
 * @param merges the most important first
 */
public record BpeCodes(List<Merge> merges) {
  /** Marks the last symbol of a word. */
  public static final String END_OF_WORD = "</w>";

  private static final String HEADER = "#version: 0.2";

  public BpeCodes {
    merges = List.copyOf(merges);
  }

  /** Joins two neighbouring symbols. */
  public record Merge(String first, String second) {
    public String joined() {
      return first + second;
    }
  }

  /**
   * Reads a code file.
   *
   * @throws MosException naming file and line when it is missing or is no version 0.2 code file
   */
  public static BpeCodes read(Path file) {
    try (Stream<String> lines = LineReader.lines(file)) {
      return parse(lines::iterator, file.toString());
    }
  }

  /**
   * Reads the lines of a code file.
   *
   * @param where names them in messages
   * @throws MosException naming the line when they are no version 0.2 codes
   */
  public static BpeCodes parse(Iterable<String> lines, String where) {
    List<Merge> merges = new ArrayList<>();
    int number = 0;
    for (String line : lines) {
      number++;
      if (number == 1) {
        requireHeader(line, where);
      } else {
        merges.add(merge(line, where, number));
      }
    }
    if (number == 0) {
      throw new MosException(where + ": empty, need a BPE code file starting with " + HEADER);
    }
    return new BpeCodes(merges);
  }

  private static void requireHeader(String line, String where) {
    if (!line.strip().equals(HEADER)) {
      throw new MosException(
          "%s:1: got '%s', need '%s' (other versions mark word ends differently)"
              .formatted(where, abbreviate(line), HEADER));
    }
  }

  private static Merge merge(String line, String where, int number) {
    String text = SubwordSpaces.strip(line);
    int blank = text.indexOf(' ');
    if (blank <= 0 || text.indexOf(' ', blank + 1) >= 0) {
      throw new MosException(
          "%s:%d: got '%s', need two symbols divided by a blank"
              .formatted(where, number, abbreviate(line)));
    }
    return new Merge(text.substring(0, blank), text.substring(blank + 1));
  }

  private static String abbreviate(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }

  /** The content of a code file. */
  public String text() {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    for (Merge merge : merges) {
      text.append(merge.first()).append(' ').append(merge.second()).append('\n');
    }
    return text.toString();
  }

  /** Writes a code file. */
  public void write(Path file) {
    AtomicFile.writeString(file, text());
  }
}
