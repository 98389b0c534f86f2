package mos.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * A file that is read in large pieces, one after the other, and never mapped: what was read takes
 * no memory any more, and a slow disk or a file system of another machine is asked seldom and for
 * much. Thread-safe; opened when it is first read.
 */
final class BlockFile implements AutoCloseable {
  /** Bytes asked for at once. */
  static final int PIECE = 1 << 23;

  private final Path file;
  private final Opener opener;
  private SeekableByteChannel channel;
  private boolean closed;

  /** Opens a file for reading. */
  @FunctionalInterface
  interface Opener {
    /** Those of this machine's file systems. */
    Opener FILES = file -> FileChannel.open(file, StandardOpenOption.READ);

    SeekableByteChannel open(Path file) throws IOException;
  }

  BlockFile(Path file, Opener opener) {
    this.file = file;
    this.opener = opener;
  }

  /**
   * {@code count} bytes from {@code position} on.
   *
   * @throws MosException when they are not there
   */
  ByteBuffer read(long position, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    read(position, bytes);
    return bytes.flip();
  }

  private synchronized void read(long position, ByteBuffer into) {
    if (closed) {
      throw new IllegalStateException(file + " is closed");
    }
    try {
      if (channel == null) {
        channel = opener.open(file);
      }
      channel.position(position);
      int end = into.limit();
      while (into.position() < end) {
        into.limit(Math.min(end, into.position() + PIECE));
        if (channel.read(into) < 0) {
          throw new EOFException("the file became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  /** Reads all of it, for the operating system to have it at hand. */
  void readThrough(long size) {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, size));
    for (long position = 0; position < size; position += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), size - position));
      read(position, piece);
    }
  }

  /** Walks over {@code count} numbers of {@code width} bytes (4 or 8). */
  Numbers numbers(long position, int width, long count) {
    return new Numbers(position, width, count);
  }

  /** Numbers that follow each other. */
  final class Numbers {
    private final int width;
    private long position;
    private long left;
    private ByteBuffer piece = ByteBuffer.allocate(0);

    private Numbers(long position, int width, long count) {
      this.position = position;
      this.width = width;
      this.left = count;
    }

    /** The next one. */
    long next() {
      if (!piece.hasRemaining()) {
        int count = (int) Math.min(left, PIECE / 8 / width);
        piece = read(position, count * width);
        position += (long) count * width;
        left -= count;
      }
      return width == Integer.BYTES ? piece.getInt() : piece.getLong();
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new MosException("cannot close " + file + ": " + AtomicFile.describe(e), e);
      }
    }
  }
}
