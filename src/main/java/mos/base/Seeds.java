package mos.base;

/**
 * Seeds derived from the user's one seed. Every use of randomness names itself (stage, update,
 * subnet, …), so that no draw depends on how many came before and a resumed run continues exactly.
 */
public final class Seeds {
  private Seeds() {}

  /**
   * Mixes a base seed with a purpose and any number of indices.
   *
   * @return a 63-bit non-negative seed; equal arguments give equal seeds
   */
  public static long derive(long seed, String purpose, long... indices) {
    long h = mix(seed ^ 0x9E3779B97F4A7C15L);
    for (int i = 0; i < purpose.length(); i++) {
      h = mix(h ^ purpose.charAt(i));
    }
    for (long index : indices) {
      h = mix(h + 0x9E3779B97F4A7C15L + index);
    }
    return h & Long.MAX_VALUE;
  }

  /** The finaliser of SplitMix64 (Steele et al., OOPSLA 2014). */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
