package mos.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

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

  /**
   * Those of a set that are invalid.
   *
   * @param invalid by number, from 0
   */
  public static InvalidSizes of(int size, IntPredicate invalid, String limits) {
    int count = 0;
    List<Integer> first = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (invalid.test(i)) {
        count++;
        if (first.size() < SHOWN) {
          first.add(i);
        }
      }
    }
    return new InvalidSizes(count, size, first, limits);
  }

  /** Whether nothing is left out. */
  public boolean isEmpty() {
    return count == 0;
  }

  /** The warning, in the words that fairseq has for it. */
  @Override
  public String toString() {
    return count
        + " of "
        + size
        + " samples have invalid sizes and will be skipped, "
        + limits
        + ", first few sample ids="
        + first;
  }
}
