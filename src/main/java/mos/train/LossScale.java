package mos.train;

/**
 * Dynamic loss scaling for fp16, whose small gradients would be zero: gradients are computed times
 * {@code scale}; after an overflow it is halved and the update skipped, after {@value #WINDOW}
 * updates without one it is doubled.
 *
 * <p>Source: Micikevicius et al., Mixed Precision Training (2018), section 3.2.
 *
 * @param scale at least {@value #LEAST}; 1 where no scaling is needed
 * @param steady updates since it last changed
 */
public record LossScale(double scale, int steady) {
  /** For formats with fp32's range: never changes. */
  public static final LossScale NONE = new LossScale(1, 0);

  /** Where fp16 begins. Gradients are sums over tokens, so it can be low. */
  public static final LossScale START = new LossScale(128, 0);

  static final int WINDOW = 2000;
  static final double LEAST = 1e-4;

  /** What follows an update of fp16. */
  LossScale after(boolean overflow) {
    if (overflow) {
      return new LossScale(scale / 2, 0);
    }
    return steady + 1 < WINDOW ? new LossScale(scale, steady + 1) : new LossScale(scale * 2, 0);
  }

  /** Whether overflows have made it so small that training cannot go on. */
  boolean exhausted() {
    return scale < LEAST;
  }
}
