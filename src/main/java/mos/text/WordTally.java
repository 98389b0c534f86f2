package mos.text;

import java.util.Arrays;

/**
 * How often something is thought to be in each of many words, in 4 bytes for each time. Times are
 * kept one by one, an addition of word w as 2w and a subtraction as 2w + 1, and summed up when the
 * room runs out.
 */
final class WordTally {
  private static final int[] EMPTY = new int[0];

  private int[] entries = EMPTY;
  private int size;

  /** Takes what is tallied of a word. */
  @FunctionalInterface
  interface Visitor {
    void visit(int word, int times);
  }

  /**
   * Adds to what is tallied of a word.
   *
   * @param times 1 or −1
   */
  void add(int word, int times) {
    if (size == entries.length) {
      makeRoom();
    }
    entries[size++] = entry(word, times);
  }

  private static int entry(int word, int times) {
    return word << 1 | (times < 0 ? 1 : 0);
  }

  private void makeRoom() {
    sumUp();
    if (size * 4L >= entries.length * 3L) {
      int room = (int) Math.min(Integer.MAX_VALUE - 8L, size + size / 2L + 2);
      entries = Arrays.copyOf(entries, room);
    }
  }

  private void sumUp() {
    int[] old = entries;
    int end = size;
    Arrays.sort(old, 0, end);
    size = 0;
    // What a word comes to has no more entries than it had: no unread one is overwritten.
    visit(
        old,
        end,
        (word, times) -> {
          for (int i = 0; i < Math.abs(times); i++) {
            entries[size++] = entry(word, times);
          }
        });
  }

  private static void visit(int[] sorted, int end, Visitor visitor) {
    for (int i = 0; i < end; ) {
      int word = sorted[i] >>> 1;
      int times = 0;
      for (; i < end && sorted[i] >>> 1 == word; i++) {
        times += (sorted[i] & 1) == 0 ? 1 : -1;
      }
      visitor.visit(word, times);
    }
  }

  /** Whether nothing is left of any word; then it keeps no memory. */
  boolean isEmpty() {
    sumUp();
    if (size == 0) {
      entries = EMPTY;
    }
    return size == 0;
  }

  /** Gives the tally of every word away; it is empty from the start of this on. */
  void takeAll(Visitor visitor) {
    int[] old = entries;
    int end = size;
    entries = EMPTY;
    size = 0;
    Arrays.sort(old, 0, end);
    visit(old, end, visitor);
  }
}
