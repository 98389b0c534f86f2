package mos.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import mos.base.AtomicFile;
import mos.base.LineBytes;
import mos.base.MosException;

/**
 * Lines of a stream in UTF-8, see {@link LineBytes}. Malformed bytes become U+FFFD. A byte order
 * mark is kept.
 */
public final class LineReader implements AutoCloseable {
  private final LineBytes in;

  public LineReader(InputStream in) {
    this.in = new LineBytes(in);
  }

  /** The next line without its {@code \n}, or null at the end. */
  public String readLine() throws IOException {
    byte[] line = in.next(Integer.MAX_VALUE);
    return line == null ? null : new String(line, StandardCharsets.UTF_8);
  }

  /**
   * The lines of a file, read lazily; close the stream to close the file.
   *
   * @throws MosException when the file cannot be opened
   */
  public static Stream<String> lines(Path file) {
    LineReader reader;
    try {
      reader = new LineReader(Files.newInputStream(file));
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
    Iterator<String> lines = new Lines(reader, file.toString());
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(
            () -> {
              try {
                reader.close();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static final class Lines implements Iterator<String> {
    private final LineReader reader;
    private final String where;
    private String next;
    private boolean fetched;

    Lines(LineReader reader, String where) {
      this.reader = reader;
      this.where = where;
    }

    @Override
    public boolean hasNext() {
      if (!fetched) {
        try {
          next = reader.readLine();
        } catch (IOException e) {
          throw new MosException("cannot read " + where + ": " + AtomicFile.describe(e), e);
        }
        fetched = true;
      }
      return next != null;
    }

    @Override
    public String next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      fetched = false;
      return next;
    }
  }
}
