package mos.beam;

import java.util.Arrays;

/**
 * A finished translation.
 *
 * @param tokens target symbols with the closing EOS
 * @param score by which hypotheses are ranked: log-probability (nats), divided by the length
 *     penalty
 * @param positionalScores log-probability of every token (nats), penalties for unknown symbols
 *     included
 */
public record Hypothesis(int[] tokens, double score, float[] positionalScores) {
  /**
   * One that is finished.
   *
   * @param cumulative log-probability of the tokens up to each
   */
  public static Hypothesis of(int[] tokens, float[] cumulative, BeamOptions options) {
    int length = tokens.length;
    float[] positional = new float[length];
    for (int i = 0; i < length; i++) {
      positional[i] = i == 0 ? cumulative[0] : cumulative[i] - cumulative[i - 1];
    }
    return new Hypothesis(tokens, options.score(cumulative[length - 1], length), positional);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Hypothesis h
        && Arrays.equals(tokens, h.tokens)
        && score == h.score
        && Arrays.equals(positionalScores, h.positionalScores);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(tokens);
  }

  @Override
  public String toString() {
    return "Hypothesis[" + Arrays.toString(tokens) + ", " + score + "]";
  }
}
