package mos.latency;

import mos.results.PredictorDocument;

/** A function from architectures to latency. */
sealed interface LatencyModel permits AdditiveModel, HatNetwork {
  /**
   * Predicts.
   *
   * @return ms
   */
  double ms(LatencyInput input);

  /** As a predictor file has them. */
  PredictorDocument.Weights weights();
}
