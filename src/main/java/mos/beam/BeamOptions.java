package mos.beam;

import mos.base.ConfigurationException;
import mos.space.SubTransformer;

/**
 * How beam search scores and stops.
 *
 * @param beam hypotheses kept and returned per sentence, at least 1
 * @param lengthPenalty exponent α of the length, EOS counted, by which a score is divided; more
 *     favours long translations
 * @param normalize whether scores are divided at all
 * @param maxLengthA a of the most tokens before EOS, a·S + b, where S is the source's own length
 *     with EOS
 * @param maxLengthB b
 * @param minLength fewest tokens before EOS, at most the longest for a source of one word
 * @param noRepeatNgramSize no n-gram of this size occurs twice; 0: any may
 * @param unkPenalty subtracted from the log-probability of the unknown symbol
 */
public record BeamOptions(
    int beam,
    double lengthPenalty,
    boolean normalize,
    double maxLengthA,
    int maxLengthB,
    int minLength,
    int noRepeatNgramSize,
    double unkPenalty) {

  /** One word and EOS. */
  private static final int SHORTEST_SOURCE = 2;

  /** As translations are scored where nothing else is asked for. */
  public static final BeamOptions DEFAULT = new BeamOptions(4, 0.6, true, 0, 200, 1, 0, 0);

  public BeamOptions {
    atLeast("beam", beam, 1);
    atLeast("max-len-a", maxLengthA, 0);
    atLeast("max-len-b", maxLengthB, 0);
    atLeast("min-len", minLength, 0);
    atLeast("no-repeat-ngram-size", noRepeatNgramSize, 0);
    int longest = longest(SHORTEST_SOURCE, maxLengthA, maxLengthB);
    String lengths = " (max-len-a " + maxLengthA + ", max-len-b " + maxLengthB + ")";
    if (longest < 1) {
      throw new ConfigurationException(
          "max-len-a and max-len-b: a source of one word must have room for one token" + lengths);
    }
    if (minLength > longest) {
      throw new ConfigurationException(
          "min-len: got "
              + minLength
              + ", is larger than the longest translation of a word, "
              + longest
              + " tokens"
              + lengths);
    }
    if (!Double.isFinite(lengthPenalty) || !Double.isFinite(unkPenalty)) {
      throw new ConfigurationException(
          "lenpen and unkpen: got " + lengthPenalty + " and " + unkPenalty + ", must be finite");
    }
  }

  private static void atLeast(String name, double got, int least) {
    if (!(got >= least)) {
      throw new ConfigurationException(name + ": got " + got + ", must be at least " + least);
    }
  }

  /** A beam and a length penalty, everything else at its default. */
  public static BeamOptions of(int beam, double lengthPenalty) {
    return new BeamOptions(
        beam,
        lengthPenalty,
        true,
        DEFAULT.maxLengthA,
        DEFAULT.maxLengthB,
        DEFAULT.minLength,
        DEFAULT.noRepeatNgramSize,
        DEFAULT.unkPenalty);
  }

  /** The most tokens before EOS for a source of {@code sourceLength} tokens, EOS counted. */
  public int maxLength(int sourceLength) {
    return longest(sourceLength, maxLengthA, maxLengthB);
  }

  private static int longest(int sourceLength, double maxLengthA, int maxLengthB) {
    double tokens = maxLengthA * sourceLength + maxLengthB;
    return (int) Math.min(tokens, SubTransformer.MAX_POSITIONS - 1);
  }

  /** The score by which hypotheses of different lengths are compared. */
  double score(double logProbability, int length) {
    return normalize ? logProbability / Math.pow(length, lengthPenalty) : logProbability;
  }
}
