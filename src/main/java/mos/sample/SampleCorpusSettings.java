package mos.sample;

import mos.base.ConfigurationException;

/**
 * What fixes the sample corpus: equal settings give equal files on every machine.
 *
 * @param seed the user's seed; all values are allowed
 * @param train sentence pairs for training, 1 to {@value #MAX_PAIRS}
 * @param valid sentence pairs for validation, 1 to {@value #MAX_PAIRS}
 * @param test sentence pairs for testing, 1 to {@value #MAX_PAIRS}
 */
public record SampleCorpusSettings(long seed, int train, int valid, int test) {
  /** The most pairs in one split; far beyond it the frames would run out of new sentences. */
  public static final int MAX_PAIRS = 500_000;

  public SampleCorpusSettings {
    check("train", train);
    check("valid", valid);
    check("test", test);
  }

  /** The sizes of the task {@code sample}: 40,000 train, 1,000 valid and 1,000 test pairs. */
  public static SampleCorpusSettings withSeed(long seed) {
    return new SampleCorpusSettings(seed, 40_000, 1_000, 1_000);
  }

  private static void check(String split, int pairs) {
    if (pairs < 1 || pairs > MAX_PAIRS) {
      throw new ConfigurationException(
          "sample corpus: got " + pairs + " " + split + " pairs, must be in 1.." + MAX_PAIRS);
    }
  }
}
