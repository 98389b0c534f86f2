package mos.latency;

import java.util.Arrays;

/**
 * The state of the machine while a dataset was measured: clocks and other load change slowly, so a
 * row shares its error with the rows measured around it. Known, it can be taken out of the rows
 * before anything is learnt from them; it says nothing of other architectures.
 */
final class Drift {
  /** Rows averaged on each side. */
  private static final int[] REACHES = {1, 2, 4, 8, 16, 32};

  /** A reach must explain at least this share of the variance to be taken for drift. */
  private static final double EXPLAINED = 0.05;

  /** A dataset must be this many times as long as the rows averaged. */
  private static final int SPAN = 4;

  private Drift() {}

  /**
   * Estimates drift from a row's neighbours, never from the row itself, by the reach that predicts
   * rows best; all 1 where no reach does.
   *
   * @param ratios measured by predicted latency, in order of measurement
   * @return factors of mean 1 that the measurements are to be divided by
   */
  static double[] factors(double[] ratios) {
    double mean = Arrays.stream(ratios).average().orElseThrow();
    double[] best = new double[ratios.length];
    Arrays.fill(best, mean);
    double least = squaredError(ratios, best) * (1 - EXPLAINED);
    for (int reach : REACHES) {
      if (SPAN * (2 * reach + 1) > ratios.length) {
        break;
      }
      double[] averages = averages(ratios, reach);
      double error = squaredError(ratios, averages);
      if (error < least) {
        least = error;
        best = averages;
      }
    }
    double scale = Arrays.stream(best).average().orElseThrow();
    return Arrays.stream(best).map(factor -> factor / scale).toArray();
  }

  private static double[] averages(double[] ratios, int reach) {
    double[] averages = new double[ratios.length];
    for (int i = 0; i < ratios.length; i++) {
      int from = Math.max(0, i - reach);
      int to = Math.min(ratios.length - 1, i + reach);
      double sum = 0;
      for (int j = from; j <= to; j++) {
        sum += j == i ? 0 : ratios[j];
      }
      averages[i] = sum / (to - from);
    }
    return averages;
  }

  private static double squaredError(double[] ratios, double[] factors) {
    double sum = 0;
    for (int i = 0; i < ratios.length; i++) {
      sum += (ratios[i] - factors[i]) * (ratios[i] - factors[i]);
    }
    return sum;
  }
}
