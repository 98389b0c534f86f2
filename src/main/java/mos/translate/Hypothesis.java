package mos.translate;

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
