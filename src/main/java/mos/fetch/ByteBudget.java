package mos.fetch;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Ends a stream when more is read than was allowed. Around a decompressor it bounds what a small
 * archive can make the reader of its headers hold in memory, whatever the headers claim.
 */
final class ByteBudget extends FilterInputStream {
  private long left;

  ByteBudget(InputStream in) {
    super(in);
  }

  /** Allows {@code bytes} more from here on. */
  void allow(long bytes) {
    left = bytes;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left <= 0) {
      throw new IOException("an entry's header is longer than allowed");
    }
    int read = in.read(bytes, offset, (int) Math.min(length, left));
    left -= Math.max(0, read);
    return read;
  }

  @Override
  public long skip(long count) throws IOException {
    // By reading, so that it counts.
    byte[] buffer = new byte[(int) Math.min(8192, Math.max(0, count))];
    return Math.max(0, read(buffer, 0, buffer.length));
  }

  @Override
  public int available() {
    return 0;
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
