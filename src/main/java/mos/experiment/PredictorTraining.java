package mos.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import mos.base.Sha256;
import mos.distributed.Processes;
import mos.latency.LatencyDataset;
import mos.latency.LatencyPredictor;
import mos.latency.PredictorConfig;
import mos.results.EvaluationFigures;
import mos.results.Made;
import mos.results.PredictorFigures;

/**
 * Trains a latency predictor: 80% of the rows train it, 10% choose it, its errors are those on the
 * last 10%.
 *
 * @param dataset made by {@link LatencyCollection}, or published by HAT
 * @param file to write
 * @param config of the predictor
 * @param model its name: "mos" or "hat"
 * @param seed of the split and of the training
 * @param evaluate whether to train HAT's network by its recipe too, for comparison
 * @param told what the command was told, by key, for the file
 */
public record PredictorTraining(
    Path dataset,
    Path file,
    PredictorConfig config,
    String model,
    long seed,
    boolean evaluate,
    Map<String, Object> told)
    implements Experiment<PredictorFigures> {

  @Override
  public PredictorFigures run(Processes processes) {
    LatencyDataset rows = LatencyDataset.read(dataset);
    LatencyPredictor predictor = LatencyPredictor.train(rows, config, seed);
    Map<String, String> made = Provenance.versions();
    made.put("dataset_sha256", Sha256.of(dataset));
    predictor.save(file, Made.of(made, told));
    Map<String, EvaluationFigures> baselines = new LinkedHashMap<>();
    LatencyPredictor.baselines(rows, config, seed, evaluate)
        .forEach((name, evaluation) -> baselines.put(name, evaluation.figures()));
    return new PredictorFigures(
        dataset.toString(),
        file.toString(),
        model,
        seed,
        rows.rows().size(),
        predictor.hardware().orElse(null),
        predictor.evaluation().figures(),
        baselines);
  }
}
