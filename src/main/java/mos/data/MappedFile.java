package mos.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * A little-endian file of any size, mapped into memory in segments because one mapping of Java ends
 * at 2 GiB. Reads are absolute and thread-safe; positions must be inside the file.
 */
final class MappedFile {
  private static final int SEGMENT_BITS = 30;

  private final Path file;
  private final long size;
  private final int segmentBits;
  private final ByteBuffer[] segments;

  MappedFile(Path file) {
    this(file, SEGMENT_BITS);
  }

  /** With segments of 2^segmentBits bytes, so that a test sees their seams. */
  MappedFile(Path file, int segmentBits) {
    this.file = file;
    this.segmentBits = segmentBits;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      size = channel.size();
      long segmentSize = 1L << segmentBits;
      segments = new ByteBuffer[Math.toIntExact((size + segmentSize - 1) >>> segmentBits)];
      for (int i = 0; i < segments.length; i++) {
        long start = i * segmentSize;
        // A value may start in this segment and end in the next one.
        long length = Math.min(segmentSize + Long.BYTES, size - start);
        segments[i] =
            channel
                .map(FileChannel.MapMode.READ_ONLY, start, length)
                .order(ByteOrder.LITTLE_ENDIAN);
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  /** What is in memory of a file, from its byte 0 on; at most 1 GiB. */
  MappedFile(Path file, ByteBuffer bytes) {
    this.file = file;
    this.size = bytes.remaining();
    this.segmentBits = SEGMENT_BITS;
    this.segments = new ByteBuffer[] {bytes};
  }

  Path file() {
    return file;
  }

  long size() {
    return size;
  }

  byte getByte(long position) {
    return segment(position).get(inSegment(position));
  }

  short getShort(long position) {
    return segment(position).getShort(inSegment(position));
  }

  int getInt(long position) {
    return segment(position).getInt(inSegment(position));
  }

  long getLong(long position) {
    return segment(position).getLong(inSegment(position));
  }

  double getDouble(long position) {
    return segment(position).getDouble(inSegment(position));
  }

  private ByteBuffer segment(long position) {
    return segments[(int) (position >>> segmentBits)];
  }

  private int inSegment(long position) {
    return (int) (position & ((1L << segmentBits) - 1));
  }
}
