package mos.experiment;

import java.util.List;
import mos.results.LossFigures;
import mos.train.ValidationLoss;

/** Validation losses as results. */
final class Losses {
  private Losses() {}

  /**
   * @param skipped sentence pairs that were too long; null where it is told elsewhere
   */
  static LossFigures of(ValidationLoss loss, Integer skipped) {
    return new LossFigures(loss.loss(), loss.nllLoss(), loss.perplexity(), skipped);
  }

  /** The mean of several losses. */
  static ValidationLoss mean(List<ValidationLoss> losses) {
    return new ValidationLoss(
        losses.stream().mapToDouble(ValidationLoss::loss).average().orElseThrow(),
        losses.stream().mapToDouble(ValidationLoss::nllLoss).average().orElseThrow());
  }
}
