package mos.base;

import java.nio.file.Path;

/**
 * Reads a file with one record a line, such as a dictionary, codes or a table: blank lines at its
 * end are ignored, others are refused.
 */
public final class RecordReader implements AutoCloseable {
  private final LineReader in;

  public RecordReader(LineReader in) {
    this.in = in;
  }

  /** Opens a file as {@link LineReader#of(Path)}. */
  public static RecordReader of(Path file) {
    return new RecordReader(LineReader.of(file));
  }

  /**
   * The next record, or null after the last one.
   *
   * @throws MosException naming file and line of a blank line before it
   */
  public String next() {
    String line = in.readLine();
    if (line == null || !line.isBlank()) {
      return line;
    }
    String where = in.where();
    while (line != null && line.isBlank()) {
      line = in.readLine();
    }
    if (line != null) {
      throw new MosException(where + ": got a blank line, which may only be at the end");
    }
    return null;
  }

  /** Where the last record was: {@code NAME:NUMBER}. */
  public String where() {
    return in.where();
  }

  @Override
  public void close() {
    in.close();
  }
}
