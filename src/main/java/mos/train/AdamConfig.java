package mos.train;

import mos.kernel.AdamRates;

/**
 * The numbers of {@link Adam} that stay the same in a training.
 *
 * @param beta1 decay rate of the first moment
 * @param beta2 decay rate of the second moment
 * @param epsilon ε
 * @param weightDecay decoupled weight decay
 */
public record AdamConfig(double beta1, double beta2, double epsilon, double weightDecay) {
  /** What settings that are not given mean. */
  public static final AdamConfig DEFAULT = new AdamConfig(0.9, 0.98, 1e-8, 0);

  /** Of one update. */
  AdamRates rates(double learningRate, long update) {
    return new AdamRates(learningRate, beta1, beta2, epsilon, weightDecay, update);
  }
}
