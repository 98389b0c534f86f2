package mos.latency;

/** A function from architectures to latency. */
sealed interface LatencyModel permits AdditiveModel, HatNetwork {
  /**
   * Predicts.
   *
   * @return ms
   */
  double ms(LatencyInput input);
}
