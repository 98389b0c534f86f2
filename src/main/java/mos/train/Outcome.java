package mos.train;

/**
 * What an update showed, per target token.
 *
 * @param loss in nats, with label smoothing
 * @param nllLoss in nats, without
 * @param gradientNorm L2, before clipping
 * @param stop whether a rank was told to end, where several compute together
 */
record Outcome(double loss, double nllLoss, double gradientNorm, boolean stop) {
  /** Whether parameters may be changed by it. */
  boolean finite() {
    return Double.isFinite(loss) && Double.isFinite(gradientNorm);
  }
}
