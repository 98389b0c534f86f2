package mos.data;

import java.util.List;

/**
 * Sentence pairs of a data set that are left out because of their sizes.
 *
 * @param count how many
 * @param size sentence pairs of the data set
 * @param first numbers of the first ones, from 0
 * @param limits what the sizes must keep, in fairseq's words
 */
public record InvalidSizes(int count, int size, List<Integer> first, String limits) {
  /** Numbers named at most. */
  static final int SHOWN = 10;

  public InvalidSizes {
    first = List.copyOf(first);
  }

  /** Whether nothing is left out. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** The warning, in the words that fairseq has for it. */
  @Override
  public String toString() {
    return "%d of %d samples have invalid sizes and will be skipped, %s, first few sample ids=%s"
        .formatted(count, size, limits, first);
  }
}
