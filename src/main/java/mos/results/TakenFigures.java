package mos.results;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Map;

/**
 * Another answer of a run's search that {@code take} trained: an element of {@code taken} in {@code
 * summary.json}, and the file {@code summary.json} of its own folder.
 *
 * @param name of its folder in {@code taken}
 * @param folder where all of it is, relative to the run's folder
 * @param origin where the search has it: "front/002.yml", "candidates.jsonl"
 * @param limit that it was taken for, as it was given: "40%", "12"; null where it was taken by name
 * @param architecture under HAT's keys
 * @param latency measured last
 * @param constraints what became of its limit; none where it was taken by name
 * @param largest what the largest SubTransformer takes
 * @param counts what it costs by counting
 * @param losses on the validation set
 * @param bleu on tokens
 * @param seconds of each stage
 * @param supernet SHA-256 of the SuperTransformer's checkpoint that it comes from
 */
public record TakenFigures(
    String name,
    String folder,
    String origin,
    String limit,
    Map<String, Object> architecture,
    @JsonUnwrapped RunSummary.Measured latency,
    @JsonUnwrapped Constraints constraints,
    LargestFigures largest,
    @JsonUnwrapped RunSummary.Counted counts,
    @JsonUnwrapped RunSummary.Losses losses,
    RunSummary.BleuScores bleu,
    RunSummary.SacreBleuScores sacrebleu,
    RunSummary.ChrfScores chrf,
    Map<String, Double> seconds,
    String supernet) {
  /** Folder of them all in a run's folder. */
  public static final String FOLDER = "taken";

  /** Whether it misses the limit that it was taken for. */
  public boolean missed() {
    return Boolean.FALSE.equals(constraints.constraintMet());
  }
}
