package mos.kernel;

import java.util.Arrays;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the sentences of a packed batch begin.
 *
 * @param starts (B + 1) int32 on the device; sentence b has tokens starts[b] … starts[b + 1] − 1
 * @param hostStarts the same in Java; null where recorded work is run on ever other sentences
 * @param longest tokens of the longest sentence; where Java does not know them, what none exceeds
 */
// An array, for it is read in loops; nobody writes to it.
@SuppressWarnings("ArrayRecordComponent")
public record SequenceOffsets(Tensor starts, int[] hostStarts, int longest) {
  /** Sentences of which Java knows no more than a bound. */
  public static SequenceOffsets open(Tensor starts, int longest) {
    return new SequenceOffsets(starts, null, longest);
  }

  /** Whether Java knows no more than how many there are and how long at most. */
  boolean isOpen() {
    return hostStarts == null;
  }

  /** The same as they are now, read back where Java does not know them. */
  SequenceOffsets known() {
    if (!isOpen()) {
      return this;
    }
    int[] host = Arrays.stream(Tensors.toLongs(starts)).mapToInt(Math::toIntExact).toArray();
    return new SequenceOffsets(starts, host, longest);
  }

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
    return Math.toIntExact(starts.size(0)) - 1;
  }
}
