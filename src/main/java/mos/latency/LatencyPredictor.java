package mos.latency;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.host.Hardware;
import mos.results.Made;
import mos.space.SubTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Predicts the latency of SubTransformers, from averaged features and, where the dataset has them,
 * the layers' own sizes, and knows how well: its errors are of rows that neither trained nor chose
 * it.
 */
public final class LatencyPredictor {
  private static final Logger LOG = LoggerFactory.getLogger(LatencyPredictor.class);

  /** Share of the held-out rows that a screening margin must cover. */
  private static final double SCREENED_SHARE = 0.95;

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
      LatencyDataset dataset, PredictorConfig settings, long seed) {
    RowSplit split = RowSplit.of(dataset.rows(), seed);
    LatencyModel model =
        switch (settings.kind()) {
          case MOS -> AdditiveFit.fit(split.trainingAndValidation());
          case HAT -> HatTraining.train(split.training(), settings, seed);
        };
    List<HeldOut> pairs =
        split.heldOut().stream().map(row -> new HeldOut(row.ms(), model.ms(row.input()))).toList();
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
      LatencyDataset dataset, PredictorConfig settings, long seed, boolean withNetwork) {
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
    return model.ms(LatencyInput.of(architecture));
  }

  /**
   * By how much the predictor may have taken a SubTransformer for slower than it is: 95% of the
   * held-out rows were overestimated by less. A search that screens with the predictor must allow
   * it.
   *
   * @throws ConfigurationException when there are no held-out rows, as of imported predictors
   */
  public double overestimateMs() {
    if (heldOut.isEmpty()) {
      throw new ConfigurationException(
          "the latency predictor has no held-out rows to take a margin from; need one that"
              + " latency-predictor trained");
    }
    double[] over =
        heldOut.stream()
            .mapToDouble(row -> Math.max(0, row.predictedMs() - row.measuredMs()))
            .sorted()
            .toArray();
    return TrimmedRuns.quantile(over, SCREENED_SHARE);
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
   * Refuses use on other hardware than that of the training rows. Where only versions of Java or
   * libtorch differ, or the user accepts the difference, it is a warning.
   *
   * @param here what predictions are used for
   * @param where names the predictor
   * @throws ConfigurationException naming every difference
   */
  public void requireHardware(Hardware here, boolean accept, String where) {
    List<String> differences =
        hardware
            .map(there -> there.differences(here))
            .orElse(List.of("it does not say what hardware it is for"));
    if (differences.isEmpty()) {
      return;
    }
    String text =
        where
            + ": a latency predictor of other hardware (there against here): "
            + String.join("; ", differences);
    if (!accept && !hardware.map(there -> there.sameMachine(here)).orElse(false)) {
      throw new ConfigurationException(
          text + "; measure a dataset here, or accept it with --accept-other-hardware 1");
    }
    LOG.warn("{}; predicted times may be wrong", text);
  }

  /** Writes the predictor as JSON. */
  public void save(Path file) {
    save(file, Made.NOTHING);
  }

  /**
   * Writes the predictor as JSON.
   *
   * @param provenance what it was made with and from
   */
  public void save(Path file, Made provenance) {
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
