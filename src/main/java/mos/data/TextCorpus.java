package mos.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import mos.base.AtomicFile;
import mos.base.LineReader;
import mos.base.MosException;

/**
 * A corpus as text, one sentence a line, words between white space; only positions and lengths are
 * in memory (12 bytes a sentence), the text is read where it is wanted.
 */
final class TextCorpus implements TokenCorpus {
  private final Path file;
  private final Dictionary dictionary;
  private final FileChannel channel;
  private long[] starts = new long[1024];
  private int[] lengths = new int[1024];
  private int size;

  TextCorpus(Path file, Dictionary dictionary) {
    this.file = file;
    this.dictionary = dictionary;
    try (LineReader reader = LineReader.of(file)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (size + 1 == starts.length) {
          int larger = (int) Math.min(Integer.MAX_VALUE - 8L, starts.length * 2L);
          starts = Arrays.copyOf(starts, larger);
          lengths = Arrays.copyOf(lengths, larger);
        }
        lengths[size++] = Words.of(line).size() + 1;
        starts[size] = reader.offset();
      }
    }
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int length(int i) {
    return lengths[checked(i)];
  }

  @Override
  public int[] get(int i) {
    long start = starts[checked(i)];
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(starts[i + 1] - start));
    try {
      while (bytes.hasRemaining()) {
        if (channel.read(bytes, start + bytes.position()) < 0) {
          throw new EOFException("the file became shorter while it was read");
        }
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    String line = new String(bytes.array(), StandardCharsets.UTF_8);
    int[] ids = dictionary.encode(i == 0 ? LineReader.withoutMark(line) : line);
    if (ids.length != lengths[i]) {
      throw new MosException(file + ": the file was changed while it was read");
    }
    return ids;
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private int checked(int i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException(file + ": sentence " + i + " of " + size);
    }
    return i;
  }

  private MosException unreadable(IOException e) {
    return new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
  }
}
