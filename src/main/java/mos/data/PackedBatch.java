package mos.data;

/**
 * Sentence pairs of one forward pass one after the other, without padding: B pairs with N source
 * and N' target tokens in all.
 *
 * @param source (N)
 * @param sourceStarts (B + 1): pair b has source tokens sourceStarts[b] … sourceStarts[b + 1] − 1
 * @param target (N')
 * @param previousOutput (N'): the target one place later behind an EOS, what the decoder reads
 * @param targetStarts (B + 1)
 */
// Arrays, for they are copied into native memory as they are; nobody writes to them.
@SuppressWarnings("ArrayRecordComponent")
public record PackedBatch(
    int[] source, int[] sourceStarts, int[] target, int[] previousOutput, int[] targetStarts) {

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
