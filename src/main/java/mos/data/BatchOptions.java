package mos.data;

import mos.base.ConfigurationException;

/**
 * How large batches may be, and which sentences take part.
 *
 * @param maxTokens most tokens of a batch, padding counted, on the longer of its two sides; 0: any
 *     number
 * @param maxSentences most sentence pairs of a batch; 0: any number
 * @param requiredMultiple a batch that is full is cut down to a multiple of so many pairs, if it
 *     has as many
 * @param maxSourcePositions longest source sentence in tokens
 * @param maxTargetPositions longest target sentence in tokens
 * @param skipInvalid leave out sentences that are empty, too long or larger than a batch; otherwise
 *     they are an error
 * @param largerAlone a sentence pair of more than {@code maxTokens} is a batch of its own;
 *     otherwise it is invalid
 */
public record BatchOptions(
    int maxTokens,
    int maxSentences,
    int requiredMultiple,
    int maxSourcePositions,
    int maxTargetPositions,
    boolean skipInvalid,
    boolean largerAlone) {

  private static final int MULTIPLE = 8;
  private static final int MAX_POSITIONS = 1024;

  public BatchOptions {
    atLeast("max-tokens", maxTokens, 0);
    atLeast("max-sentences", maxSentences, 0);
    atLeast("required-batch-size-multiple", requiredMultiple, 1);
    atLeast("max-source-positions", maxSourcePositions, 1);
    atLeast("max-target-positions", maxTargetPositions, 1);
    if (maxTokens == 0 && maxSentences == 0) {
      throw new ConfigurationException("max-tokens and max-sentences: need one of them, got none");
    }
  }

  /** Batches of at most {@code maxTokens} tokens, the rest as fairseq has it by default. */
  public static BatchOptions ofMaxTokens(int maxTokens) {
    return new BatchOptions(maxTokens, 0, MULTIPLE, MAX_POSITIONS, MAX_POSITIONS, true, false);
  }

  /**
   * Batches of at most {@code maxTokens} tokens, and every pair that a model can read: the loss on
   * a validation set must not depend on how it is divided.
   */
  public static BatchOptions ofWholeSet(int maxTokens) {
    return new BatchOptions(maxTokens, 0, MULTIPLE, MAX_POSITIONS, MAX_POSITIONS, true, true);
  }

  /** Batches of at most {@code maxSentences} pairs, the rest as fairseq has it by default. */
  public static BatchOptions ofMaxSentences(int maxSentences) {
    return new BatchOptions(0, maxSentences, 1, MAX_POSITIONS, MAX_POSITIONS, true, false);
  }

  /** Whether a pair of these lengths takes part. */
  boolean takes(int source, int target) {
    return Math.min(source, target) > 0
        && source <= maxSourcePositions
        && target <= maxTargetPositions
        && (maxTokens == 0 || largerAlone || Math.max(source, target) <= maxTokens);
  }

  /** What lengths must keep, as fairseq names it. */
  String limits() {
    String positions = "max_positions=(" + maxSourcePositions + ", " + maxTargetPositions + ")";
    return maxTokens == 0 || largerAlone ? positions : positions + ", max_tokens=" + maxTokens;
  }

  /** The same for people. */
  String need() {
    return "must be in 1.."
        + maxSourcePositions
        + " and 1.."
        + maxTargetPositions
        + (maxTokens > 0 && !largerAlone ? ", and at most max-tokens = " + maxTokens : "");
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new ConfigurationException(what + ": got " + value + ", must be at least " + least);
    }
  }
}
