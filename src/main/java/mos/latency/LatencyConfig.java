package mos.latency;

import mos.base.ConfigurationException;

/**
 * What one gold measurement does.
 *
 * @param sourceTokens tokens of the source sentence
 * @param targetSteps decoder steps
 * @param beam batch of a decoder step
 * @param runs timed runs of encoder and decoder each
 */
public record LatencyConfig(int sourceTokens, int targetSteps, int beam, int runs) {
  /** Longest sentence that may be measured; the model has no more positions. */
  public static final int MAX_TOKENS = 1000;

  /** Any token that is no padding. */
  static final int TOKEN = 3;

  /**
   * @throws ConfigurationException for a value outside of its range
   */
  public LatencyConfig {
    positive("source tokens", sourceTokens, MAX_TOKENS);
    positive("target steps", targetSteps, MAX_TOKENS);
    positive("beam", beam, 1000);
    positive("runs", runs, 1_000_000);
  }

  /**
   * The source: tokens spread over the vocabulary, as those of real sentences are.
   *
   * @param vocabulary symbols of the source dictionary
   */
  int[] source(int vocabulary) {
    int[] tokens = new int[sourceTokens];
    for (int i = 0; i < tokens.length; i++) {
      long spread = TOKEN + (long) i * vocabulary / (tokens.length + 1);
      tokens[i] = (int) Math.min(vocabulary - 1, spread);
    }
    return tokens;
  }

  private static void positive(String what, int got, int most) {
    if (got < 1 || got > most) {
      throw new ConfigurationException(
          "latency measurement, " + what + ": got " + got + ", must be in 1.." + most);
    }
  }
}
