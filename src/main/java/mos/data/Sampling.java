package mos.data;

import java.util.List;
import mos.base.ConfigurationException;

/**
 * Which sentence pairs of the training sets an epoch has, and how many are shuffled together.
 *
 * @param weights of the sets, in their order: their shares of an epoch's pairs are in proportion;
 *     empty: what {@code temperature} says
 * @param temperature shares are in proportion to size^(1/T): 1 takes every pair once an epoch,
 *     larger ones take more of the small sets, up to equal shares
 * @param shuffled sentence pairs that are shuffled and grouped by length together, if there are
 *     more they are read in blocks; 0: all up to {@value #WHOLE}, of more {@value #BLOCK} at a time
 */
public record Sampling(List<Double> weights, double temperature, int shuffled) {
  /** Every pair once an epoch. */
  public static final Sampling PLAIN = new Sampling(List.of(), 1, 0);

  static final int WHOLE = 10_000_000;
  static final int BLOCK = 2_000_000;

  public Sampling {
    weights = List.copyOf(weights);
    for (double weight : weights) {
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new ConfigurationException("sampling: got " + weight + ", must be above 0");
      }
    }
    if (!(temperature >= 1) || Double.isInfinite(temperature)) {
      throw new ConfigurationException(
          "sampling-temperature: got " + temperature + ", must be at least 1");
    }
    if (!weights.isEmpty() && temperature != 1) {
      throw new ConfigurationException(
          "sampling and sampling-temperature: got both, must be one of them");
    }
    if (shuffled < 0) {
      throw new ConfigurationException("shuffle-buffer: got " + shuffled + ", must be at least 0");
    }
  }

  /** Whether an epoch is other than every pair once. */
  boolean samples() {
    return !weights.isEmpty() || temperature != 1;
  }

  /** Pairs of a block, of an epoch of so many. */
  long block(long pairs) {
    if (shuffled == 0) {
      return pairs <= WHOLE ? Math.max(1, pairs) : BLOCK;
    }
    return shuffled;
  }

  /**
   * How many pairs of each set an epoch has.
   *
   * @param sizes of the sets
   */
  long[] amounts(long[] sizes) {
    if (!samples()) {
      return sizes.clone();
    }
    double[] shares = new double[sizes.length];
    double sum = 0;
    long pairs = 0;
    for (int k = 0; k < sizes.length; k++) {
      shares[k] = weights.isEmpty() ? Math.pow(sizes[k], 1 / temperature) : weights.get(k);
      sum += shares[k];
      pairs += sizes[k];
    }
    long[] amounts = new long[sizes.length];
    for (int k = 0; k < sizes.length; k++) {
      amounts[k] = Math.max(1, Math.round(shares[k] / sum * pairs));
    }
    return amounts;
  }
}
