package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;
import mos.host.Hardware;

/**
 * The file {@code summary.json}: what a run found. In files of older versions, and of runs that
 * have not finished, parts are null.
 *
 * @param architecture the found SubTransformer under HAT's keys
 * @param latency of it, measured last
 * @param limits in their quantities' units
 * @param constraints what became of them
 * @param largest what the largest SubTransformer takes
 * @param counts what it costs by counting
 * @param losses on the validation set
 * @param comparison the found one, the largest and, where it was trained, a Transformer base, by
 *     these names: found, largest, base; null where nothing was compared
 * @param taken other answers of its search that were trained; null where there are none
 * @param seconds of each stage
 */
public record RunSummary(
    String task,
    String outputDir,
    String mosType,
    Integer maxExperts,
    Supernet supernet,
    Map<String, Object> architecture,
    @JsonUnwrapped Measured latency,
    @JsonUnwrapped LimitValues limits,
    @JsonUnwrapped Constraints constraints,
    LargestFigures largest,
    @JsonUnwrapped Counted counts,
    Hardware hardware,
    @JsonUnwrapped Losses losses,
    Map<String, BaselineFigures> baselines,
    List<FrontPoint> front,
    BleuScores bleu,
    SacreBleuScores sacrebleu,
    ChrfScores chrf,
    Map<String, ComparedModel> comparison,
    List<TakenFigures> taken,
    PredictorFigures predictor,
    Map<String, Double> seconds,
    RunProvenance provenance) {
  /** Name of the file. */
  public static final String FILE_NAME = "summary.json";

  /** Nothing is told. */
  public static final RunSummary NOTHING = ResultJson.parse("{}", RunSummary.class, FILE_NAME);

  /** {@link #taken}, empty where there are none. */
  public List<TakenFigures> others() {
    return taken == null ? List.of() : taken;
  }

  /** Whether every limit is met, those of taken answers too. */
  public boolean allMet() {
    return constraints.met() && others().stream().noneMatch(TakenFigures::missed);
  }

  /** The trained SuperTransformer. */
  public record Supernet(
      Double validLoss,
      Map<String, LossFigures> valid,
      Long updates,
      Long parameters,
      Double tokensPerSecond) {}

  /**
   * Latency of the found SubTransformer, flat in the summary.
   *
   * @param latencyMs measured last
   * @param latencyMsInSearch when the search chose it; null where latency is not constrained
   */
  public record Measured(Double latencyMs, Double latencyMsInSearch) {}

  /** Limits in their quantities' units, flat in the summary; null where there is none. */
  public record LimitValues(
      @JsonInclude(JsonInclude.Include.ALWAYS) Double latencyConstraintMs,
      Double flopsConstraintGiga,
      Double paramsConstraintMega) {}

  /** What the found SubTransformer costs by counting, flat in the summary. */
  public record Counted(
      Long params, Long paramsWithoutEmbedding, Long flops, Long flopsWithoutOutputLayer) {}

  /**
   * Validation losses, flat in the summary.
   *
   * @param inheritedLoss as the search scored it
   * @param finalLoss after training
   */
  public record Losses(Double inheritedLoss, Double finalLoss) {}

  /** BLEU on tokens, of the test set and the validation set. */
  public record BleuScores(
      Double inherited,
      @JsonProperty("final") Double finished,
      Double validInherited,
      Double validFinal) {}

  /** sacreBLEU of the test set. */
  public record SacreBleuScores(
      Double inherited, @JsonProperty("final") Double finished, String signature) {}

  /** chrF2 of the test set. */
  public record ChrfScores(Double inherited, @JsonProperty("final") Double finished) {}
}
