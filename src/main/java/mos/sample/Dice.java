package mos.sample;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws from small ranges that are the same on every Java version: only {@code nextLong} is used,
 * which the class fixes as SplitMix64; how {@code nextInt(bound)} uses it has changed over the
 * years.
 */
final class Dice {
  private final SplittableRandom random;

  Dice(long seed) {
    random = new SplittableRandom(seed);
  }

  /** A number in {@code low..high}, both included, with {@code 0 <= high - low < 2^31 - 1}. */
  int between(int low, int high) {
    long bound = (long) high - low + 1;
    return (int) (low + (((random.nextLong() >>> 33) * bound) >>> 31));
  }

  /** True in {@code percent} of 100 draws. */
  boolean chance(int percent) {
    return between(1, 100) <= percent;
  }

  <T> T oneOf(List<T> values) {
    return values.get(between(0, values.size() - 1));
  }
}
