package mos.train;

import mos.base.ConfigurationException;

/**
 * The learning rate by number of finished updates: a linear warm-up, then a decay.
 *
 * <p>Source: cosine: Loshchilov and Hutter, SGDR (2017), one period; inverse square root: Vaswani
 * et al. (2017), section 5.3. The first update uses the rate for 0 finished updates, as fairseq
 * does.
 *
 * @param decay what follows the warm-up
 * @param warmupUpdates length of the warm-up, at least 0
 * @param maxUpdates last update, at least 1; the end of the cosine
 * @param initial rate at the first update
 * @param peak rate at the end of the warm-up
 * @param floor rate that the cosine ends at; unused by the inverse square root
 */
public record LearningRate(
    Decay decay, int warmupUpdates, int maxUpdates, double initial, double peak, double floor) {

  /** The shape after the warm-up. */
  public enum Decay {
    COSINE,
    INVERSE_SQRT
  }

  public LearningRate {
    if (warmupUpdates < 0 || maxUpdates < 1) {
      throw new ConfigurationException(
          "warmup-updates and max-update: got "
              + warmupUpdates
              + " and "
              + maxUpdates
              + ", must be at least 0 and 1");
    }
    if (!(peak > 0)) {
      throw new ConfigurationException("peak learning rate: got " + peak + ", must be above 0");
    }
  }

  /** The rate after {@code finished} updates. */
  public double after(long finished) {
    if (finished < warmupUpdates) {
      return initial + (peak - initial) * finished / warmupUpdates;
    }
    if (decay == Decay.INVERSE_SQRT) {
      return peak * Math.sqrt(Math.max(1, warmupUpdates)) / Math.sqrt(Math.max(1, finished));
    }
    int period = Math.max(1, maxUpdates - warmupUpdates);
    double progress = Math.min(1.0, (finished - warmupUpdates) / (double) period);
    return floor + 0.5 * (peak - floor) * (1 + Math.cos(Math.PI * progress));
  }
}
