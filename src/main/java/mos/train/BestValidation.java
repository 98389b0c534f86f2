package mos.train;

/**
 * The best validation of a training so far.
 *
 * @param loss mean over the validated architectures, infinite before the first validation
 * @param bleu likewise, 0..100; not a number where nothing was translated
 * @param since validations since then, none of which was better
 */
public record BestValidation(double loss, double bleu, int since) {
  /** Before the first validation. */
  public static final BestValidation NONE =
      new BestValidation(Double.POSITIVE_INFINITY, Double.NaN, 0);

  /** Of this loss, without translations. */
  public static BestValidation ofLoss(double loss) {
    return new BestValidation(loss, Double.NaN, 0);
  }

  /** After one more validation that was no better. */
  BestValidation oneMore() {
    return new BestValidation(loss, bleu, since + 1);
  }
}
