package mos.results;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;

/**
 * What {@code score} found.
 *
 * @param bleu its parts, where one system was scored with BLEU
 * @param characters null where chrF2 of one system was not asked for
 * @param systems all systems with all scores; the first is what the others are compared with
 */
public record ScoredFiles(
    @JsonUnwrapped BleuParts bleu,
    @JsonUnwrapped Characters characters,
    List<SystemScores> systems) {

  /**
   * BLEU and its parts.
   *
   * @param bleu 0 to 100
   * @param signature of sacreBLEU; null for BLEU on tokens
   * @param precisions of 1- to 4-grams, in percent
   * @param bp brevity penalty, 0 to 1
   * @param ratio of the lengths; null for sacreBLEU
   * @param hypLen tokens of the translation
   * @param refLen tokens of the reference
   * @param counts of 1- to 4-grams that match; null for BLEU on tokens
   * @param totals of the translation's 1- to 4-grams; null for BLEU on tokens
   */
  public record BleuParts(
      Double bleu,
      String signature,
      List<Double> precisions,
      Double bp,
      Double ratio,
      Long hypLen,
      Long refLen,
      List<Long> counts,
      List<Long> totals) {}

  /** chrF2, 0 to 100, and how it was computed. */
  public record Characters(Double chrf2, String chrf2Signature) {}

  /**
   * A translation's scores.
   *
   * @param system its file
   */
  public record SystemScores(String system, List<SystemScore> scores) {}

  /**
   * One score; null where it was not asked for.
   *
   * @param name as sacrebleu names it: BLEU, chrF2, chrF2++, TER
   * @param signature in sacrebleu's notation
   * @param mean of the bootstrap resamples
   * @param ci half the width of their 95% interval
   * @param pValue of the difference from the first system
   */
  public record SystemScore(
      String name, double score, String signature, Double mean, Double ci, Double pValue) {}
}
