package mos.train;

/**
 * What one architecture is worth on a validation set; losses per target token, in nats.
 *
 * @param loss with label smoothing, what training minimises
 * @param nllLoss without label smoothing
 * @param bleu of its translations, 0..100; null where none were made
 */
public record ValidationLoss(double loss, double nllLoss, Double bleu) {
  /** Without translations. */
  public ValidationLoss(double loss, double nllLoss) {
    this(loss, nllLoss, null);
  }

  /** exp of {@link #nllLoss}. */
  public double perplexity() {
    return Math.exp(nllLoss);
  }

  ValidationLoss with(double score) {
    return new ValidationLoss(loss, nllLoss, score);
  }
}
