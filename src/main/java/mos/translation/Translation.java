package mos.translation;

import java.util.List;

/**
 * What a model makes of one line.
 *
 * @param nBest as many as the options ask for, the best first; never empty
 */
public record Translation(List<Alternative> nBest) {
  /**
   * One translation.
   *
   * @param text plain, detokenised
   * @param score by which alternatives are ranked: log-probability (nats), divided by the length
   *     penalty; of a line that was cut the sum over its pieces; 0 where no model was asked
   */
  public record Alternative(String text, double score) {}

  public Translation {
    nBest = List.copyOf(nBest);
    if (nBest.isEmpty()) {
      throw new IllegalArgumentException("a translation has one alternative or more");
    }
  }

  /** What no model was asked for. */
  static Translation of(String text) {
    return new Translation(List.of(new Alternative(text, 0)));
  }

  /** The best text. */
  public String text() {
    return nBest.get(0).text();
  }

  /** The score of the best text. */
  public double score() {
    return nBest.get(0).score();
  }
}
