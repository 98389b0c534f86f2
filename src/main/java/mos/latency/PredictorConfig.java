package mos.latency;

import java.util.List;

/**
 * How a latency predictor is trained. All but the kind concern HAT's network alone: the additive
 * model is solved, not trained.
 *
 * @param kind which model
 * @param featureNorm divisors of the 10 features
 * @param latencyNormMs divisor of the latency; 0 for the mean latency of the training rows
 * @param hiddenDim width of the hidden layers
 * @param hiddenLayers hidden layers after the first
 * @param trainSteps steps of Adam
 * @param batchSize rows per step
 * @param learningRate of Adam
 */
public record PredictorConfig(
    Kind kind,
    List<Double> featureNorm,
    double latencyNormMs,
    int hiddenDim,
    int hiddenLayers,
    int trainSteps,
    int batchSize,
    double learningRate) {

  /** The models to choose from. */
  public enum Kind {
    /** Additive regression on the layers' sizes, see {@link AdditiveModel}. */
    MOS,
    /** HAT's network by HAT's recipe. */
    HAT
  }

  /**
   * @throws mos.base.ConfigurationException for any but 10 divisors
   */
  public PredictorConfig {
    featureNorm = HatNetwork.checkedNorm(featureNorm);
  }
}
