package mos.train;

import mos.data.Batch;
import mos.data.Dictionary;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A batch on the device.
 *
 * @param source (B, S) int64
 * @param sourceMask (B, S), true where there is a token; null if there is no padding
 * @param previous (B, T) int64
 * @param target (B·T) int64
 * @param targetTokens number of target tokens without padding
 */
public record TensorBatch(
    Tensor source, Tensor sourceMask, Tensor previous, Tensor target, long targetTokens) {

  /** Copies a batch to the device, into the innermost scope. */
  public static TensorBatch of(Batch batch, Device device) {
    int size = batch.size();
    int sourceLength = batch.source()[0].length;
    int targetLength = batch.target()[0].length;
    Tensor source = Tensors.of(flat(batch.source()), device, size, sourceLength);
    boolean padded = false;
    for (int length : batch.sourceLengths()) {
      padded |= length < sourceLength;
    }
    return new TensorBatch(
        source,
        padded ? source.ne(new Scalar(Dictionary.PAD)) : null,
        Tensors.of(flat(batch.previousOutput()), device, size, targetLength),
        Tensors.of(flat(batch.target()), device, (long) size * targetLength),
        batch.targetTokens());
  }

  private static long[] flat(int[][] rows) {
    long[] values = new long[rows.length * rows[0].length];
    int i = 0;
    for (int[] row : rows) {
      for (int value : row) {
        values[i++] = value;
      }
    }
    return values;
  }
}
