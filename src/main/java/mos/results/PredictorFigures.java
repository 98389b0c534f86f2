package mos.results;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.util.Map;
import mos.host.Hardware;

/**
 * What {@code latency-predictor} came to.
 *
 * @param model "mos" or "hat"
 * @param datasetRows all of them; {@code rows} of the evaluation were held out
 * @param hardware of the dataset; null where it does not tell
 * @param baselines errors of simpler models, by name
 */
public record PredictorFigures(
    String latDatasetPath,
    String ckptPath,
    String model,
    long seed,
    int datasetRows,
    @JsonInclude(JsonInclude.Include.ALWAYS) Hardware hardware,
    @JsonUnwrapped EvaluationFigures evaluation,
    Map<String, EvaluationFigures> baselines) {}
