package mos.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import mos.base.MosException;

/**
 * A corpus in fairseq's memory-mapped form that is written in many pieces, by one process after the
 * other, in a folder that nobody reads yet.
 */
final class ContinuedCorpus implements AutoCloseable {
  private final Path index;
  private final TokenType type;
  private final ContinuedFile tokens;
  private final ContinuedFile lengths;
  private long sentences;

  /** Sentences as the files store them. */
  @SuppressWarnings("ArrayRecordComponent") // Handed over between threads, never compared.
  record Encoded(byte[] tokens, byte[] lengths, long tokenCount) {}

  /**
   * @param sentences that are there
   * @param tokenBytes of them
   */
  ContinuedCorpus(Path prefix, int vocabularySize, long sentences, long tokenBytes)
      throws IOException {
    this.index = BinaryCorpus.indexFile(prefix);
    this.type = TokenType.forVocabulary(vocabularySize);
    this.sentences = sentences;
    tokens = new ContinuedFile(BinaryCorpus.tokenFile(prefix), tokenBytes);
    long header = BinaryCorpus.MMAP_HEADER_BYTES;
    try {
      lengths = new ContinuedFile(index, sentences == 0 ? 0 : header + 4 * sentences);
      if (sentences == 0) {
        // The count is not known yet: finish fills the header in.
        lengths.write(new byte[BinaryCorpus.MMAP_HEADER_BYTES]);
      }
    } catch (IOException | RuntimeException e) {
      tokens.close();
      throw e;
    }
  }

  /**
   * Encodes sentences for {@link #add}; any thread may ask.
   *
   * @throws MosException when a token does not fit the vocabulary size that was given
   */
  Encoded encode(int[][] sentences) {
    int count = 0;
    for (int[] ids : sentences) {
      count = Math.addExact(count, ids.length);
    }
    ByteBuffer encoded = buffer(Math.multiplyExact(count, type.bytes()));
    ByteBuffer sizes = buffer(4 * sentences.length);
    for (int[] ids : sentences) {
      for (int id : ids) {
        type.check(id);
        if (type == TokenType.UINT16) {
          encoded.putShort((short) id);
        } else {
          encoded.putInt(id);
        }
      }
      sizes.putInt(ids.length);
    }
    return new Encoded(encoded.array(), sizes.array(), count);
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Appends sentences. */
  void add(Encoded some) throws IOException {
    sentences += some.lengths.length / 4;
    if (sentences >= Integer.MAX_VALUE) {
      throw new MosException(
          index + ": a corpus has at most " + (Integer.MAX_VALUE - 1) + " sentences");
    }
    tokens.write(some.tokens);
    lengths.write(some.lengths);
  }

  /** Brings what was added to the disk. */
  void force() throws IOException {
    tokens.force();
    lengths.force();
  }

  /** Completes the index. */
  void finish() throws IOException {
    force();
    CorpusWriter.completeIndex(index, (int) sentences, type);
  }

  @Override
  public void close() throws IOException {
    try (tokens) {
      lengths.close();
    }
  }
}
