package mos.latency;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import mos.space.ArchitectureFeatures;
import mos.space.SubTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predicts the latency of SubTransformers from the 10 averaged architecture features, and knows how
 * well: its errors are of rows that neither trained nor chose it.
 */
public final class LatencyPredictor {
  private static final Logger LOG = LoggerFactory.getLogger(LatencyPredictor.class);

  /** One held-out row. */
  public record HeldOut(double measuredMs, double predictedMs) {}

  private final LatencyModel model;
  private final Optional<Hardware> hardware;
  private final long splitSeed;
  private final Evaluation evaluation;
  private final List<HeldOut> heldOut;

  LatencyPredictor(
      LatencyModel model,
      Optional<Hardware> hardware,
      long splitSeed,
      Evaluation evaluation,
      List<HeldOut> heldOut) {
    this.model = model;
    this.hardware = hardware;
    this.splitSeed = splitSeed;
    this.evaluation = evaluation;
    this.heldOut = List.copyOf(heldOut);
  }

  /**
   * Trains on 90% of a dataset, HAT's network on 80% as published, and evaluates on 10%.
   *
   * @param seed of the split and of everything random in training
   * @throws mos.base.MosException for fewer than 5 rows
   */
  public static LatencyPredictor train(
      LatencyDataset dataset, PredictorSettings settings, long seed) {
    RowSplit split = RowSplit.of(dataset.rows(), seed);
    LatencyModel model =
        switch (settings.kind()) {
          case MOS -> AdditiveFit.fit(split.trainingAndValidation());
          case HAT -> HatTraining.train(split.training(), settings, seed);
        };
    List<HeldOut> pairs =
        split.heldOut().stream()
            .map(row -> new HeldOut(row.ms(), model.ms(row.featureArray())))
            .toList();
    return new LatencyPredictor(
        model, dataset.hardware(), seed, Evaluation.of(model, split.heldOut()), pairs);
  }

  /**
   * What simpler or published predictors reach on the same held-out rows: a straight line through
   * decoder depth, of training and validation rows as the default model, and HAT's network by HAT's
   * recipe, of the training rows.
   *
   * @param withNetwork false to leave out HAT's network, which takes a minute or two to train
   */
  public static Map<String, Evaluation> baselines(
      LatencyDataset dataset, PredictorSettings settings, long seed, boolean withNetwork) {
    RowSplit split = RowSplit.of(dataset.rows(), seed);
    Map<String, Evaluation> found = new LinkedHashMap<>();
    found.put(
        "decoder_depth_only",
        Evaluation.of(AdditiveFit.depthOnly(split.trainingAndValidation()), split.heldOut()));
    if (withNetwork) {
      HatNetwork network = HatTraining.train(split.training(), settings, seed);
      found.put("hat_recipe", Evaluation.of(network, split.heldOut()));
    }
    return found;
  }

  /**
   * HAT's network with given weights, e.g. of a published file; it was evaluated on nothing here.
   *
   * @param weights of every layer, (out, in) in row-major order
   * @param biases of every layer
   * @throws mos.base.MosException when the layers do not fit one another
   */
  public static LatencyPredictor ofNetwork(
      List<float[]> weights, List<float[]> biases, List<Double> featureNorm, double latencyNormMs) {
    List<HatNetwork.Layer> layers =
        IntStream.range(0, weights.size())
            .mapToObj(i -> new HatNetwork.Layer(weights.get(i), biases.get(i)))
            .toList();
    return new LatencyPredictor(
        new HatNetwork(featureNorm, latencyNormMs, layers),
        Optional.empty(),
        0,
        new Evaluation(0, 0, 0, Double.NaN, 0),
        List.of());
  }

  /** The predicted latency in ms. */
  public double predictMs(SubTransformer architecture) {
    return model.ms(ArchitectureFeatures.aggregate(architecture));
  }

  /** Errors on all rows of a dataset; honest only where it was not trained on them. */
  public Evaluation evaluate(LatencyDataset dataset) {
    return Evaluation.of(model, dataset.rows());
  }

  /** Errors on the held-out rows. */
  public Evaluation evaluation() {
    return evaluation;
  }

  /** The held-out rows. */
  public List<HeldOut> heldOut() {
    return heldOut;
  }

  /** What the training rows were measured on, where known. */
  public Optional<Hardware> hardware() {
    return hardware;
  }

  /** The seed by which the dataset was split. */
  public long splitSeed() {
    return splitSeed;
  }

  LatencyModel model() {
    return model;
  }

  /**
   * Compares the hardware of the training rows with the one predictions are used for, and logs a
   * warning when they differ or the former is unknown.
   *
   * @return the differences in words; empty when there is none
   */
  public List<String> checkHardware(Hardware here) {
    List<String> differences =
        hardware
            .map(there -> there.differences(here))
            .orElse(List.of("the predictor does not say what hardware it is for"));
    if (!differences.isEmpty()) {
      LOG.warn(
          "latency predictor made for other hardware, measure again for exact times: {}",
          String.join("; ", differences));
    }
    return differences;
  }

  /** Writes the predictor as JSON. */
  public void save(Path file) {
    save(file, Map.of());
  }

  /**
   * Writes the predictor as JSON.
   *
   * @param provenance what it was made with and from, by key, for people
   */
  public void save(Path file, Map<String, String> provenance) {
    PredictorFile.write(this, provenance, file);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws mos.base.MosException naming the file and what is wrong in it
   */
  public static LatencyPredictor load(Path file) {
    return PredictorFile.read(file);
  }
}
