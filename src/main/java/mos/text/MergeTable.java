package mos.text;

import java.util.Arrays;

/**
 * Which pairs of symbols may be joined: for each its place in the list of merges and the symbol it
 * makes. A hash table of numbers, for it is asked for every pair of every word.
 */
final class MergeTable {
  private static final long NONE = -1;

  private final long[] pairs;
  private final int[] orders;
  private final int[] joined;

  /**
   * @param most pairs that it will hold
   */
  MergeTable(int most) {
    int size = Integer.highestOneBit(Math.max(4, most)) * 4;
    pairs = new long[size];
    Arrays.fill(pairs, NONE);
    orders = new int[size];
    joined = new int[size];
  }

  /** Adds a pair; one that is there stays as it is. */
  void add(int first, int second, int order, int symbol) {
    int slot = slot(pair(first, second));
    if (pairs[slot] == NONE) {
      pairs[slot] = pair(first, second);
      orders[slot] = order;
      joined[slot] = symbol;
    }
  }

  /** Where a pair is; negative for one that is not joined, as no unknown symbol is. */
  int find(int first, int second) {
    if ((first | second) < 0) {
      return -1;
    }
    int slot = slot(pair(first, second));
    return pairs[slot] == NONE ? -1 : slot;
  }

  /** Place in the list of merges of the pair that is there. */
  int order(int slot) {
    return orders[slot];
  }

  /** The symbol that the pair makes. */
  int joined(int slot) {
    return joined[slot];
  }

  private static long pair(int first, int second) {
    return ((long) first << 32) | second;
  }

  private int slot(long pair) {
    long mixed = pair * 0x9E3779B97F4A7C15L;
    int slot = (int) (mixed >>> 32) & pairs.length - 1;
    while (pairs[slot] != pair && pairs[slot] != NONE) {
      slot = slot + 1 & pairs.length - 1;
    }
    return slot;
  }
}
