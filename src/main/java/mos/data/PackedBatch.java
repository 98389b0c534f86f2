package mos.data;

import java.util.Arrays;

/**
 * Sentence pairs of one forward pass one after the other, without padding: B pairs with N source
 * and N' target tokens in all.
 *
 * @param source (N)
 * @param sourceStarts (B + 1): pair b has source tokens sourceStarts[b] … sourceStarts[b + 1] − 1
 * @param target (N'); {@link #NONE} where there is nothing to be learned
 * @param previousOutput (N'): the target one place later behind an EOS, what the decoder reads
 * @param targetStarts (B + 1)
 */
// Arrays, for they are copied into native memory as they are; nobody writes to them.
@SuppressWarnings("ArrayRecordComponent")
public record PackedBatch(
    int[] source, int[] sourceStarts, int[] target, int[] previousOutput, int[] targetStarts) {
  /** In place of a target token. */
  public static final int NONE = -1;

  /** Tokens of a sentence of padding, about: attention to it costs little. */
  private static final int SHORT = 16;

  /** The sentences of a padded batch, which is padded on the right. */
  public static PackedBatch of(Batch batch) {
    int[] sourceStarts = starts(batch.source());
    int[] targetStarts = starts(batch.target());
    return new PackedBatch(
        pack(batch.source(), sourceStarts),
        sourceStarts,
        pack(batch.target(), targetStarts),
        pack(batch.previousOutput(), targetStarts),
        targetStarts);
  }

  /**
   * The same, and behind it short sentences of padding that nothing is to be learned from, so that
   * passes come in few sizes. A GPU's library looks for the fastest kernel at every new size of a
   * matrix product, which takes longer than many a product.
   *
   * @param sizes different numbers of tokens that are left between two powers of two: the batch
   *     becomes larger by 1 / sizes at most, or by a sentence
   */
  public PackedBatch roundedUp(int sizes) {
    int sourceStep = step(source.length, sizes);
    int targetStep = step(target.length, sizes);
    int most = Math.max(sourceStep, targetStep);
    if (most == 1) {
      return this;
    }
    int sentences = Math.max(1, most / SHORT);
    int sourceMore = sentences + Math.floorMod(-source.length - sentences, sourceStep);
    int targetMore = sentences + Math.floorMod(-target.length - sentences, targetStep);
    return new PackedBatch(
        extended(source, sourceMore, Dictionary.PAD),
        further(sourceStarts, sentences, sourceMore),
        extended(target, targetMore, NONE),
        extended(previousOutput, targetMore, Dictionary.PAD),
        further(targetStarts, sentences, targetMore));
  }

  /**
   * The same with empty sentences at the end, up to a power of two.
   *
   * @param least sentences that there are at least
   */
  public PackedBatch withEmpty(int least) {
    int count = Math.max(least, Integer.highestOneBit(2 * size() - 1));
    int more = count - size();
    return new PackedBatch(
        source,
        further(sourceStarts, more, 0),
        target,
        previousOutput,
        further(targetStarts, more, 0));
  }

  private static int step(int tokens, int sizes) {
    return Integer.highestOneBit(Math.max(1, tokens / sizes));
  }

  private static int[] extended(int[] tokens, int more, int with) {
    int[] all = Arrays.copyOf(tokens, tokens.length + more);
    Arrays.fill(all, tokens.length, all.length, with);
    return all;
  }

  private static int[] further(int[] starts, int sentences, int tokens) {
    int last = starts.length - 1;
    int[] all = Arrays.copyOf(starts, starts.length + sentences);
    for (int i = 1; i <= sentences; i++) {
      all[last + i] = starts[last] + tokens * i / sentences;
    }
    return all;
  }

  /** B. */
  public int size() {
    return sourceStarts.length - 1;
  }

  /** For each token its place in its sentence, from 0. */
  public static int[] places(int[] starts) {
    int[] places = new int[starts[starts.length - 1]];
    for (int b = 0; b + 1 < starts.length; b++) {
      for (int i = starts[b]; i < starts[b + 1]; i++) {
        places[i] = i - starts[b];
      }
    }
    return places;
  }

  /** Tokens of the longest sentence. */
  public static int longest(int[] starts) {
    int longest = 0;
    for (int b = 0; b + 1 < starts.length; b++) {
      longest = Math.max(longest, starts[b + 1] - starts[b]);
    }
    return longest;
  }

  private static int[] starts(int[][] rows) {
    int[] starts = new int[rows.length + 1];
    for (int b = 0; b < rows.length; b++) {
      int length = rows[b].length;
      while (length > 0 && rows[b][length - 1] == Dictionary.PAD) {
        length--;
      }
      starts[b + 1] = starts[b] + length;
    }
    return starts;
  }

  private static int[] pack(int[][] rows, int[] starts) {
    int[] tokens = new int[starts[rows.length]];
    for (int b = 0; b < rows.length; b++) {
      System.arraycopy(rows[b], 0, tokens, starts[b], starts[b + 1] - starts[b]);
    }
    return tokens;
  }
}
