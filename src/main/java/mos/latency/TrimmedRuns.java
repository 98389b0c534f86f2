package mos.latency;

import java.util.Arrays;

/**
 * Statistics of timed runs: mean and population standard deviation without the fastest and slowest
 * 10% (rounded down), interquartile range of all.
 */
record TrimmedRuns(double meanMs, double stdMs, double interquartileMs) {
  private static final double CUT = 0.1;

  /**
   * @param runsMs at least one run
   */
  static TrimmedRuns of(double[] runsMs) {
    double[] sorted = runsMs.clone();
    Arrays.sort(sorted);
    int cut = (int) (sorted.length * CUT);
    double[] kept = Arrays.copyOfRange(sorted, cut, sorted.length - cut);
    double mean = Arrays.stream(kept).average().orElseThrow();
    double variance = Arrays.stream(kept).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
    return new TrimmedRuns(
        mean, Math.sqrt(variance), quantile(sorted, 0.75) - quantile(sorted, 0.25));
  }

  /** The quantile {@code q} of sorted values, linear between neighbours. */
  static double quantile(double[] sorted, double q) {
    double place = q * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
