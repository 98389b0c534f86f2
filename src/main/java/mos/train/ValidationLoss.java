package mos.train;

/**
 * Loss of one architecture on a validation set, per target token, in nats.
 *
 * @param loss with label smoothing, what training minimises
 * @param nllLoss without label smoothing
 */
public record ValidationLoss(double loss, double nllLoss) {
  /** exp of {@link #nllLoss}. */
  public double perplexity() {
    return Math.exp(nllLoss);
  }
}
