package mos.kernel;

import java.util.Arrays;
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
public record SequenceOffsets(Tensor starts, int[] hostStarts, int longest) {
  /** The first {@code count} sentences alone. */
  SequenceOffsets first(int count) {
    int[] host = Arrays.copyOf(hostStarts, count + 1);
    int longestOfThem = 0;
    for (int b = 0; b < count; b++) {
      longestOfThem = Math.max(longestOfThem, host[b + 1] - host[b]);
    }
    return new SequenceOffsets(starts.narrow(0, 0, count + 1), host, longestOfThem);
  }

  /** B. */
  public int count() {
    return hostStarts.length - 1;
  }
}
