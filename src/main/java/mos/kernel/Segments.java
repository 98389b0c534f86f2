package mos.kernel;

import org.bytedeco.pytorch.Tensor;

/**
 * Where the sentences of a packed batch begin.
 *
 * @param starts (B + 1) int32 on the device; sentence b has tokens starts[b] … starts[b + 1] − 1
 * @param hostStarts the same in Java
 * @param longest tokens of the longest sentence
 */
// An array, for it is read in loops; nobody writes to it.
@SuppressWarnings("ArrayRecordComponent")
public record Segments(Tensor starts, int[] hostStarts, int longest) {
  /** B. */
  public int count() {
    return hostStarts.length - 1;
  }
}
