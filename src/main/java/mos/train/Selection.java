package mos.train;

/**
 * Which state of a training is the best, and how long a better one is waited for.
 *
 * <p>Source: fairseq's --best-checkpoint-metric and --patience. Unlike there, a state must be
 * better than the best before to take its place, not as good.
 *
 * @param metric that validations are compared by
 * @param patience validations in a row without a gain after which the training ends; below 1: it
 *     never ends early
 */
public record Selection(Metric metric, int patience) {
  /** The lowest loss; all updates are done. */
  public static final Selection BY_LOSS = new Selection(Metric.LOSS, -1);

  /** What a validation measures; the mean over the architectures that are validated. */
  public enum Metric {
    /** Loss per token: less is better. */
    LOSS,
    /**
     * BLEU on tokens of the validation set's translations: more is better. Of the same BLEU, such
     * as the 0 of the first validations, the lower loss is better.
     */
    BLEU
  }

  /** Whether there has been no gain for so long that none is waited for. */
  boolean givesUp(BestValidation best) {
    return patience > 0 && best.since() >= patience;
  }

  /** Whether one is better; what is not a finite number never is. */
  boolean better(BestValidation now, BestValidation before) {
    if (!Double.isFinite(now.loss())) {
      return false;
    }
    if (metric == Metric.LOSS || now.bleu() == before.bleu()) {
      return now.loss() < before.loss();
    }
    return now.bleu() > before.bleu() || !Double.isNaN(now.bleu()) && Double.isNaN(before.bleu());
  }
}
