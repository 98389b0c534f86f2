package mos.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * Reads UTF-8 lines as Unix tools count them: only {@code \n} ends a line, so that a carriage
 * return or a Unicode line separator never shifts one side of a parallel corpus. Malformed bytes
 * become U+FFFD. A byte order mark is kept.
 */
public final class LineReader implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;

  public LineReader(InputStream in) {
    this.in = in;
  }

  /** The next line without its {@code \n}, or null at the end. */
  public String readLine() throws IOException {
    byte[] head = null;
    while (true) {
      if (position == limit && !fill()) {
        return head == null ? null : new String(head, StandardCharsets.UTF_8);
      }
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      boolean complete = end < limit;
      if (head == null && complete) {
        String line = new String(buffer, position, end - position, StandardCharsets.UTF_8);
        position = end + 1;
        return line;
      }
      head = append(head, end);
      position = complete ? end + 1 : end;
      if (complete) {
        return new String(head, StandardCharsets.UTF_8);
      }
    }
  }

  private byte[] append(byte[] head, int end) {
    if (head == null) {
      return Arrays.copyOfRange(buffer, position, end);
    }
    byte[] longer = Arrays.copyOf(head, head.length + end - position);
    System.arraycopy(buffer, position, longer, head.length, end - position);
    return longer;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
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
