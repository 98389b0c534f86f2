package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.List;
import java.util.Map;
import mos.space.SubTransformer;

/**
 * What {@code evo-search} found.
 *
 * @param architecture null where nothing meets the constraint
 * @param chosen of it; all null where there is none
 * @param fitness "loss" or "bleu"
 * @param constraint the limit, in {@code constraintUnit}
 * @param aim what the search aimed at, in that unit
 * @param evaluated candidates that were scored
 * @param rejectedFinalists better candidates that missed a limit when measured again
 * @param latency of the chosen one, measured again
 * @param front null where none was searched
 * @param baselines by name
 */
public record SearchFigures(
    @JsonInclude(JsonInclude.Include.ALWAYS) SubTransformer architecture,
    @JsonUnwrapped Chosen chosen,
    String fitness,
    double constraint,
    CostUnit constraintUnit,
    double aim,
    int evaluated,
    int rejectedFinalists,
    @JsonUnwrapped Constraints constraints,
    @JsonUnwrapped LatencyFigures latency,
    @JsonUnwrapped LoadFigures load,
    List<FrontPoint> front,
    long seed,
    Map<String, BaselineFigures> baselines) {

  /**
   * The chosen candidate, flat in the figures.
   *
   * @param writeConfigPath file of the architecture
   * @param loss its fitness
   * @param bleu where that is the fitness, else null
   * @param searchedCost its cost in the search
   */
  public record Chosen(String writeConfigPath, Double loss, Double bleu, Double searchedCost) {
    /** Nothing was chosen. */
    public static final Chosen NONE = new Chosen(null, null, null, null);
  }
}
