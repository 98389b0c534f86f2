package mos.latency;

/** A function from architecture features to latency. */
sealed interface LatencyModel permits AdditiveModel, HatNetwork {
  /**
   * Predicts.
   *
   * @param features the 10 averaged architecture features, raw
   * @return ms
   */
  double ms(double[] features);
}
