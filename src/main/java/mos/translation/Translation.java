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
   *     penalty; 0 for an empty line
   */
  public record Alternative(String text, double score) {}

  static final Translation EMPTY = new Translation(List.of(new Alternative("", 0)));

  public Translation {
    nBest = List.copyOf(nBest);
    if (nBest.isEmpty()) {
      throw new IllegalArgumentException("a translation has one alternative or more");
    }
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
