package mos.results;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import mos.space.SubTransformer;

/**
 * A line of {@code candidates.jsonl}, an element of {@code population.json}.
 *
 * @param generation that scored it, 0 for the first population
 * @param loss validation loss of the inherited SubTransformer, or 100 − BLEU
 * @param bleu where that is the fitness, else null
 * @param latencyMs the cost where that is in ms, else null
 * @param cost as the search had it, in {@code costUnit}; null in files of older versions, which
 *     have the latency alone
 * @param gene of the architecture in the search space
 * @param verdict what became of it as a finalist
 */
public record SearchedCandidate(
    int generation,
    double loss,
    Double bleu,
    Double latencyMs,
    Double cost,
    CostUnit costUnit,
    @JsonUnwrapped CountFigures counts,
    List<Integer> gene,
    SubTransformer architecture,
    @JsonUnwrapped Finalist verdict) {
  /** Name of the file, beside the architecture file of the search. */
  public static final String FILE_NAME = "candidates.jsonl";

  /**
   * What became of a candidate in the end, flat in its line; null in {@code population.json}.
   *
   * @param chosen whether the search returned it
   * @param refused whether it missed a limit when measured again; null where it was not
   * @param measuredAgain the cost then; null where it was not
   * @param origin "baseline" where it comes from another way to choose, else null
   * @param front whether it stands on the front; null where none was searched
   */
  public record Finalist(
      Boolean chosen, Boolean refused, Double measuredAgain, String origin, Boolean front) {
    /** Nothing is told. */
    public static final Finalist NONE = new Finalist(null, null, null, null, null);

    /** The origin of candidates that the search did not draw itself. */
    public static final String BASELINE = "baseline";
  }
}
