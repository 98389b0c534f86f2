package mos.text;

import java.util.Locale;
import mos.base.ConfigurationException;

/**
 * Keeps sentence pairs of sensible length, as Moses' clean-corpus-n.perl does by numbers of tokens.
 *
 * @param minTokens fewest tokens on either side, at least 1
 * @param maxTokens most tokens on either side
 * @param maxRatio most tokens of one side per token of the other, at least 1
 */
public record CorpusCleaner(int minTokens, int maxTokens, double maxRatio) {
  /** The script's ratio where none is given. */
  public static final double DEFAULT_MAX_RATIO = 9;

  public CorpusCleaner {
    if (minTokens < 1 || maxTokens < minTokens || !(maxRatio >= 1)) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "corpus cleaning: got tokens %d to %d and ratio %s, need 1 <= minimum <= maximum and ratio >= 1",
              minTokens,
              maxTokens,
              maxRatio));
    }
  }

  /** With the script's ratio. */
  public CorpusCleaner(int minTokens, int maxTokens) {
    this(minTokens, maxTokens, DEFAULT_MAX_RATIO);
  }

  /** Whether a pair with so many tokens stays. */
  public boolean keeps(int sourceTokens, int targetTokens) {
    return Math.min(sourceTokens, targetTokens) >= minTokens
        && Math.max(sourceTokens, targetTokens) <= maxTokens
        && (double) sourceTokens / targetTokens <= maxRatio
        && (double) targetTokens / sourceTokens <= maxRatio;
  }
}
