package mos.nn;

import org.bytedeco.pytorch.Tensor;

/**
 * What one training pass asks of its layers with token experts, and what they leave: the
 * load-balancing loss. Each pass has one of its own.
 *
 * <p>Source: Fedus et al., Switch Transformers (JMLR 2022), section 2.2.
 */
public final class TokenRouting {
  /** The published coefficient of the load-balancing loss. */
  public static final double BALANCE = 0.01;

  private final double capacityFactor;
  private Tensor balanceLoss;

  /**
   * @param capacityFactor an expert takes at most this many times tokens / experts, the first ones;
   *     0: any number
   */
  public TokenRouting(double capacityFactor) {
    if (!(capacityFactor >= 0)) {
      throw new IllegalArgumentException("capacity factor: got " + capacityFactor);
    }
    this.capacityFactor = capacityFactor;
  }

  double capacityFactor() {
    return capacityFactor;
  }

  void add(Tensor loss) {
    balanceLoss = balanceLoss == null ? loss : balanceLoss.add(loss);
  }

  /** The sum over the layers of the pass, with its graph; null without any. */
  public Tensor balanceLoss() {
    return balanceLoss;
  }
}
