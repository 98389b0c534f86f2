package mos.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * Writes a corpus in fairseq's memory-mapped form, sentence by sentence, with memory that does not
 * depend on its size. The .bin comes into place first, then the .idx, and an old .idx is gone by
 * then, so that a pair is always one of the same corpus.
 *
 * <p>Source: the format of {@link BinaryCorpus}.
 */
public final class CorpusWriter {
  private final TokenType type;
  private final OutputStream tokens;
  private final OutputStream lengths;
  private final ByteBuffer number = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
  private int sentences;

  private CorpusWriter(TokenType type, OutputStream tokens, OutputStream lengths) {
    this.type = type;
    this.tokens = tokens;
    this.lengths = lengths;
  }

  /** Gives the sentences to a writer, in order. */
  @FunctionalInterface
  public interface Sentences {
    void writeTo(CorpusWriter writer) throws IOException;
  }

  /**
   * Writes {@code PREFIX.bin} and {@code PREFIX.idx}.
   *
   * @param vocabularySize tokens take 2 bytes below 65,500 as with fairseq, else 4
   * @throws MosException when a file cannot be written
   */
  public static void write(Path prefix, int vocabularySize, Sentences sentences) {
    TokenType type = TokenType.forVocabulary(vocabularySize);
    Path index = BinaryCorpus.indexFile(prefix);
    Path bin = BinaryCorpus.tokenFile(prefix);
    AtomicFile.writePath(
        index,
        temporary -> {
          int count = writeTokens(temporary, index, bin, type, sentences);
          completeIndex(temporary, count, type);
        });
  }

  private static int writeTokens(
      Path temporaryIndex, Path index, Path bin, TokenType type, Sentences sentences)
      throws IOException {
    int[] count = new int[1];
    try (OutputStream lengths = buffered(temporaryIndex)) {
      // The count is not known yet: completeIndex fills the header in.
      lengths.write(new byte[BinaryCorpus.MMAP_HEADER_BYTES]);
      AtomicFile.writePath(
          bin,
          temporary -> {
            try (OutputStream tokens = buffered(temporary)) {
              CorpusWriter writer = new CorpusWriter(type, tokens, lengths);
              sentences.writeTo(writer);
              count[0] = writer.sentences;
            }
            AtomicFile.delete(index);
          });
    }
    return count[0];
  }

  /** Fills in the header, and appends the positions that follow from the lengths. */
  static void completeIndex(Path file, int count, TokenType type) throws IOException {
    ByteBuffer header =
        ByteBuffer.allocate(BinaryCorpus.MMAP_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.put(BinaryCorpus.MMAP_MAGIC.getBytes(StandardCharsets.ISO_8859_1));
    header.putLong(1).put((byte) type.code()).putLong(count);
    try (RandomAccessFile index = new RandomAccessFile(file.toFile(), "rw")) {
      index.write(header.array());
      int step = 1 << 14;
      ByteBuffer lengths = ByteBuffer.allocate(4 * step).order(ByteOrder.LITTLE_ENDIAN);
      ByteBuffer pointers = ByteBuffer.allocate(8 * step).order(ByteOrder.LITTLE_ENDIAN);
      long pointer = 0;
      for (int done = 0; done < count; done += step) {
        int now = Math.min(step, count - done);
        index.seek(BinaryCorpus.MMAP_HEADER_BYTES + 4L * done);
        index.readFully(lengths.array(), 0, 4 * now);
        pointers.clear();
        for (int i = 0; i < now; i++) {
          pointers.putLong(pointer);
          pointer += (long) lengths.getInt(4 * i) * type.bytes();
        }
        index.seek(BinaryCorpus.MMAP_HEADER_BYTES + 4L * count + 8L * done);
        index.write(pointers.array(), 0, 8 * now);
      }
    }
  }

  /**
   * Appends one sentence.
   *
   * @throws MosException when a token does not fit the vocabulary size that was given
   */
  public void add(int[] ids) throws IOException {
    if (sentences == Integer.MAX_VALUE - 1) {
      throw new MosException("a corpus has at most " + sentences + " sentences");
    }
    for (int id : ids) {
      type.check(id);
      number.putInt(0, id);
      tokens.write(number.array(), 0, type.bytes());
    }
    number.putInt(0, ids.length);
    lengths.write(number.array(), 0, 4);
    sentences++;
  }

  private static OutputStream buffered(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }
}
