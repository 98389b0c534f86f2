package mos.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import mos.results.CostFigures;
import mos.results.LatencyDatasetFigures;
import mos.results.MeasureFigures;
import mos.results.PredictorFigures;
import mos.results.ResultJson;
import mos.results.RunSummary;
import mos.results.ScoreFigures;
import mos.results.SearchFigures;
import mos.results.TrainingFigures;
import mos.results.TranslationCostFigures;
import mos.results.TranslationFigures;

/** What the stages of a run gave, in their order. */
final class StageResults {
  /**
   * A stage whose result is asked for.
   *
   * @param name of the stage, and its key in {@code summary.json}
   * @param result its type
   */
  record Key<R>(String name, Class<R> result) {
    static final Key<TrainingFigures> SUPERNET = new Key<>("supernet", TrainingFigures.class);
    static final Key<LatencyDatasetFigures> LATENCY_DATASET =
        new Key<>("latency_dataset", LatencyDatasetFigures.class);
    static final Key<PredictorFigures> PREDICTOR =
        new Key<>("latency_predictor", PredictorFigures.class);
    static final Key<SearchFigures> SEARCH = new Key<>("evo_search", SearchFigures.class);
    static final Key<MeasureFigures> MEASURE = new Key<>("measure", MeasureFigures.class);
    static final Key<TrainingFigures> BASE_TRAIN = new Key<>("base_train", TrainingFigures.class);
    static final Key<TrainingFigures> TRAIN = new Key<>("train", TrainingFigures.class);

    /**
     * Translations of a part of the data.
     *
     * @param weights "inherited" or "final", of the found SubTransformer; "largest" or "base"
     */
    static Key<TranslationFigures> translations(String weights, String subset) {
      return new Key<>(weights + "_" + subset, TranslationFigures.class);
    }

    /**
     * What a model takes to translate.
     *
     * @param model "found", "largest" or "base"
     */
    static Key<TranslationCostFigures> speed(String model) {
      return new Key<>("speed_" + model, TranslationCostFigures.class);
    }
  }

  /**
   * What one stage gave.
   *
   * @param seconds time it took, interruptions included
   */
  record Finished(double seconds, JsonNode figures) {}

  private final Map<String, Finished> byName = new LinkedHashMap<>();

  void put(String stage, Finished finished) {
    byName.put(stage, finished);
  }

  /** The result of a stage that is finished. */
  <R> R of(Key<R> stage) {
    return ResultJson.as(byName.get(stage.name()).figures(), stage.result(), stage.name());
  }

  /** The result of a stage that not every run has. */
  <R> Optional<R> find(Key<R> stage) {
    return byName.containsKey(stage.name()) ? Optional.of(of(stage)) : Optional.empty();
  }

  /** Seconds of one stage; empty where it is not finished. */
  OptionalDouble seconds(String stage) {
    Finished finished = byName.get(stage);
    return finished == null ? OptionalDouble.empty() : OptionalDouble.of(finished.seconds());
  }

  /** What the measured SubTransformer costs by counting. */
  RunSummary.Counted counted() {
    CostFigures costs = of(Key.MEASURE).costs();
    return new RunSummary.Counted(
        costs.params(),
        costs.paramsWithoutEmbedding(),
        costs.flops(),
        costs.flopsWithoutOutputLayer());
  }

  RunSummary.BleuScores bleu() {
    return new RunSummary.BleuScores(
        scores("inherited", "test").bleu(),
        scores("final", "test").bleu(),
        scores("inherited", "valid").bleu(),
        scores("final", "valid").bleu());
  }

  RunSummary.SacreBleuScores sacrebleu() {
    return new RunSummary.SacreBleuScores(
        scores("inherited", "test").sacrebleu(),
        scores("final", "test").sacrebleu(),
        scores("final", "test").signature());
  }

  RunSummary.ChrfScores chrf() {
    return new RunSummary.ChrfScores(
        scores("inherited", "test").chrf2(), scores("final", "test").chrf2());
  }

  private ScoreFigures scores(String weights, String subset) {
    return of(Key.translations(weights, subset)).scores();
  }

  /** Seconds of each stage. */
  Map<String, Double> seconds() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    byName.forEach((name, finished) -> seconds.put(name, finished.seconds()));
    return seconds;
  }
}
