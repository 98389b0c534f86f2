package mos.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.base.AtomicFile;
import mos.base.LineReader;
import mos.base.MosException;
import mos.base.RecordReader;

/**
 * An ordered list of merge operations.
 *
 * <p>Source: Sennrich et al., ACL 2016. Code files of subword-nmt, {@code #version: 0.2}, and of
 * its version 0.1, which is without that line; and fastBPE's, which have counts as a third column.
 *
 * @param merges the most important first
 * @param endApart whether {@link #END_OF_WORD} is a symbol of its own at the start, as in version
 *     0.1; else the last symbol of a word carries it
 */
public record BpeCodes(List<Merge> merges, boolean endApart) {
  /** Marks the last symbol of a word. */
  public static final String END_OF_WORD = "</w>";

  private static final String VERSION = "#version:";

  public BpeCodes {
    merges = List.copyOf(merges);
  }

  /** Codes whose last symbol of a word carries {@link #END_OF_WORD}. */
  public BpeCodes(List<Merge> merges) {
    this(merges, false);
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
   * @throws MosException naming file and line when it is missing or has another form
   */
  public static BpeCodes read(Path file) {
    return parse(LineReader.of(file));
  }

  /**
   * Reads the content of a code file.
   *
   * @param where names it in messages
   * @throws MosException as {@link #read}
   */
  public static BpeCodes parse(String text, String where) {
    return parse(LineReader.ofText(text, where));
  }

  private static BpeCodes parse(LineReader lines) {
    List<Merge> merges = new ArrayList<>();
    boolean endApart = false;
    int columns = 2;
    try (RecordReader records = new RecordReader(lines)) {
      String line = records.next();
      if (line == null) {
        throw new MosException(lines.name() + ": empty, need BPE codes");
      }
      if (line.startsWith(VERSION)) {
        endApart = endApart(line, records.where());
        line = records.next();
      } else if (merge(line, 3) != null) {
        columns = 3;
      } else {
        endApart = true;
      }
      for (; line != null; line = records.next()) {
        Merge merge = merge(line, columns);
        if (merge == null) {
          throw new MosException(
              records.where()
                  + ": got '"
                  + abbreviate(line)
                  + "', need two symbols divided by a blank"
                  + (columns == 3 ? ", and their count" : ""));
        }
        merges.add(merge);
      }
    }
    return new BpeCodes(merges, endApart);
  }

  private static boolean endApart(String header, String where) {
    String version = header.substring(VERSION.length()).strip();
    if (!version.equals("0.1") && !version.equals("0.2")) {
      throw new MosException(
          String.format(
              Locale.ROOT,
              "%s: got '%s', need version 0.1 or 0.2 (others may mark word ends differently)",
              where,
              abbreviate(header)));
    }
    return version.equals("0.1");
  }

  /** Null for a line of another form. */
  private static Merge merge(String line, int columns) {
    String[] fields = SubwordSpaces.strip(line).split("[ \t]", -1);
    boolean good = fields.length == columns && !fields[0].isEmpty() && !fields[1].isEmpty();
    return good && (columns == 2 || fields[2].matches("[0-9]+"))
        ? new Merge(fields[0], fields[1])
        : null;
  }

  private static String abbreviate(String line) {
    return line.length() <= 60 ? line : line.substring(0, 60) + "…";
  }

  /** The content of a code file. */
  public String text() {
    StringBuilder text = new StringBuilder(VERSION).append(endApart ? " 0.1" : " 0.2").append('\n');
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
