package mos.base;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/**
 * The lines of a text, as bytes. Only {@code \n} ends a line, as for Unix tools: a carriage return
 * or one of the line ends that Unicode knows occurs inside sentences and must not shift one side of
 * a parallel text against the other.
 */
public final class LineBytes implements Closeable {
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
  private int position;
  private int limit;
  private long offset;

  /**
   * @param in closed with this
   */
  public LineBytes(InputStream in) {
    this.in = in;
  }

  /** Where the next line starts, in bytes. */
  public long offset() {
    return offset;
  }

  /**
   * The next line without its end, or null after the last one.
   *
   * @param most bytes after which the rest of a line is left for the next call, about: what is
   *     returned is then longer
   */
  public byte[] next(int most) throws IOException {
    pending.reset();
    boolean any = false;
    while (pending.size() <= most) {
      if (position == limit && !fill()) {
        return any ? pending.toByteArray() : null;
      }
      any = true;
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      pending.write(buffer, position, end - position);
      offset += end - position;
      position = end;
      if (end < limit) {
        position++;
        offset++;
        break;
      }
    }
    return pending.toByteArray();
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
