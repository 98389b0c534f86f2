package mos.data;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import mos.base.MosException;

/** Successive sentences of a binary corpus, in memory as its file stores them. */
final class TokenBlock implements TokenCorpus {
  private final Path file;
  private final int first;
  private final long position;
  private final MappedFile tokens;
  private final TokenType type;
  private final int shift;
  private final int[] starts;

  /**
   * @param first number of the first sentence, for messages
   * @param position where in the file the bytes start, for messages
   * @param lengths in tokens
   * @param shift what was added to each token
   */
  TokenBlock(
      Path file,
      int first,
      long position,
      ByteBuffer bytes,
      int[] lengths,
      TokenType type,
      int shift) {
    this.file = file;
    this.first = first;
    this.position = position;
    this.tokens = new MappedFile(file, bytes);
    this.type = type;
    this.shift = shift;
    this.starts = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      starts[i + 1] = starts[i] + lengths[i];
    }
  }

  @Override
  public int size() {
    return starts.length - 1;
  }

  @Override
  public int length(int i) {
    return starts[i + 1] - starts[i];
  }

  @Override
  public int[] get(int i) {
    return ids(
        tokens, (long) starts[i] * type.bytes(), length(i), type, shift, first + i, position);
  }

  /**
   * Reads a sentence.
   *
   * @param sentence its number, for the message
   * @param before bytes of the file before those at hand
   */
  static int[] ids(
      MappedFile tokens,
      long start,
      int length,
      TokenType type,
      int shift,
      int sentence,
      long before) {
    int[] ids = new int[length];
    long at = start;
    for (int k = 0; k < length; k++, at += type.bytes()) {
      long id = type.read(tokens, at) - shift;
      if (id < 0 || id > Integer.MAX_VALUE) {
        throw new MosException(
            tokens.file()
                + ": sentence "
                + sentence
                + " holds something that is no token id at byte "
                + (before + at));
      }
      ids[k] = (int) id;
    }
    return ids;
  }

  @Override
  public String name() {
    return file + " from sentence " + first + " on";
  }

  @Override
  public void close() {}
}
