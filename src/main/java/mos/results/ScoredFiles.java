package mos.results;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * What {@code score} found.
 *
 * @param bleu 0 to 100
 * @param signature of sacreBLEU; null for BLEU on tokens
 * @param precisions of 1- to 4-grams, in percent
 * @param bp brevity penalty, 0 to 1
 * @param ratio of the lengths; null for sacreBLEU
 * @param matches null for BLEU on tokens
 * @param characters null where chrF2 was not asked for
 */
public record ScoredFiles(
    double bleu,
    String signature,
    List<Double> precisions,
    double bp,
    Double ratio,
    @JsonUnwrapped Lengths lengths,
    @JsonUnwrapped Matches matches,
    @JsonUnwrapped Characters characters) {

  /** Tokens of translation and reference. */
  public record Lengths(long hypLen, long refLen) {}

  /**
   * n-grams.
   *
   * @param counts of 1- to 4-grams that match
   * @param totals of the translation's
   */
  public record Matches(List<Long> counts, List<Long> totals) {}

  /** chrF2, 0 to 100, and how it was computed. */
  public record Characters(Double chrf2, String chrf2Signature) {}
}
