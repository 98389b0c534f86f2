package mos.metrics;

import java.math.BigInteger;

/**
 * The generator that numpy's {@code default_rng(seed)} is, as far as resampling needs it: PCG
 * XSL-RR of 128 bits, its seed spread by O'Neill's {@code seed_seq}.
 *
 * <p>Source: O'Neill, PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms
 * for Random Number Generation, 2014; numpy's documentation of {@code PCG64} and {@code
 * SeedSequence}; Lemire, Fast Random Integer Generation in an Interval, 2019, for numbers below a
 * bound.
 */
final class Pcg64 {
  private static final long MULTIPLIER_HIGH = 2549297995355413924L;
  private static final long MULTIPLIER_LOW = 4865540595714422341L;
  private static final int POOL = 4;
  private static final long WORD = 0xffffffffL;

  private long high;
  private long low;
  private final long stepHigh;
  private final long stepLow;
  private boolean halfLeft;
  private long half;

  /**
   * @param seed from 0
   */
  Pcg64(long seed) {
    long[] words = seedWords(seed);
    BigInteger step = word128(words[2], words[3]).shiftLeft(1).setBit(0);
    stepHigh = step.shiftRight(64).longValue();
    stepLow = step.longValue();
    step();
    long before = low;
    low += words[1];
    high += words[0] + (Long.compareUnsigned(low, before) < 0 ? 1 : 0);
    step();
  }

  private static BigInteger word128(long high, long low) {
    return new BigInteger(Long.toHexString(high), 16)
        .shiftLeft(64)
        .add(new BigInteger(Long.toHexString(low), 16));
  }

  /** Four words of 64 bits made of the seed: state, then increment, each the high word first. */
  private static long[] seedWords(long seed) {
    int[] pool = new int[POOL];
    int[] constant = {0x43b0d7e5};
    for (int i = 0; i < POOL; i++) {
      int entropy = i == 0 ? (int) seed : i == 1 ? (int) (seed >>> 32) : 0;
      pool[i] = hash(entropy, constant, 0x931e8875);
    }
    for (int source = 0; source < POOL; source++) {
      for (int i = 0; i < POOL; i++) {
        if (i != source) {
          int mixed = 0xca01f9dd * pool[i] - 0x4973f715 * hash(pool[source], constant, 0x931e8875);
          pool[i] = mixed ^ (mixed >>> 16);
        }
      }
    }
    constant[0] = 0x8b51f9dd;
    long[] words = new long[4];
    for (int i = 0; i < 2 * words.length; i++) {
      long part = hash(pool[i % POOL], constant, 0x58f38ded) & WORD;
      words[i / 2] |= part << (32 * (i % 2));
    }
    return words;
  }

  private static int hash(int value, int[] constant, int multiplier) {
    int hashed = value ^ constant[0];
    constant[0] *= multiplier;
    hashed *= constant[0];
    return hashed ^ (hashed >>> 16);
  }

  /** state = state · multiplier + step, of 128 bits. */
  private void step() {
    // Of numbers without a sign; the multiplier's low word is below 2^63.
    long carry = Math.multiplyHigh(low, MULTIPLIER_LOW) + (low < 0 ? MULTIPLIER_LOW : 0);
    high = high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH + carry;
    low *= MULTIPLIER_LOW;
    low += stepLow;
    high += stepHigh + (Long.compareUnsigned(low, stepLow) < 0 ? 1 : 0);
  }

  private long nextLong() {
    step();
    return Long.rotateRight(high ^ low, (int) (high >>> 58));
  }

  /** 32 bits, without a sign; of a word of 64 the low half first. */
  private long nextWord() {
    halfLeft = !halfLeft;
    if (!halfLeft) {
      return half;
    }
    long both = nextLong();
    half = both >>> 32;
    return both & WORD;
  }

  /** As {@code choice(bound)} draws with replacement: from 0, below {@code bound}. */
  int next(int bound) {
    if (bound == 1) {
      return 0;
    }
    long product = nextWord() * bound;
    if ((product & WORD) < bound) {
      long least = ((1L << 32) - bound) % bound;
      while ((product & WORD) < least) {
        product = nextWord() * bound;
      }
    }
    return (int) (product >>> 32);
  }

  /** As {@code integers(2, dtype=bool)} draws a whole array: 32 of a word, the low bit first. */
  final class Bits {
    private long word;
    private int left;

    boolean next() {
      if (left == 0) {
        word = nextWord();
        left = 32;
      } else {
        word >>>= 1;
      }
      left--;
      return (word & 1) != 0;
    }
  }
}
