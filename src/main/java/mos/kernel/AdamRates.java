package mos.kernel;

/**
 * The numbers of one step of Adam with decoupled weight decay.
 *
 * @param update number of this update, from 1
 */
public record AdamRates(
    double learningRate,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    long update) {
  /** 1 / (1 − β₁ᵗ). */
  float firstCorrection() {
    return (float) (1 / (1 - Math.pow(beta1, update)));
  }

  /** 1 / √(1 − β₂ᵗ). */
  float secondCorrection() {
    return (float) (1 / Math.sqrt(1 - Math.pow(beta2, update)));
  }
}
