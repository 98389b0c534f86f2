package mos.search;

import java.util.Arrays;
import java.util.SplittableRandom;
import mos.base.MosException;
import org.hipparchus.stat.correlation.KendallsCorrelation;

/**
 * How well one figure of some architectures tells another, e.g. inherited the standalone loss, with
 * 95% intervals by the bootstrap.
 *
 * <p>Source: Kendall, The Treatment of Ties in Ranking Problems (1945) for tau-b; Efron, Bootstrap
 * Methods (1979), percentile intervals.
 *
 * @param meanAbsoluteError mean of |one − other|
 * @param errorInterval of the mean absolute error
 * @param bias mean of one − other
 * @param errorWithoutBias mean of |one − other − bias|
 * @param kendallTau tau-b, −1…1; NaN where one figure is the same for all
 * @param tauInterval of tau-b; resamples without a tau are left out
 * @param count architectures
 */
public record RankAgreement(
    double meanAbsoluteError,
    Interval errorInterval,
    double bias,
    double errorWithoutBias,
    double kendallTau,
    Interval tauInterval,
    int count) {
  private static final int RESAMPLES = 2000;
  private static final double TAIL = 0.025;

  /** From low to high; NaN where it cannot be told. */
  public record Interval(double low, double high) {}

  /**
   * Compares two figures of the same architectures.
   *
   * @param seed of the resamples
   * @throws MosException for fewer than 2 architectures
   */
  public static RankAgreement of(double[] one, double[] other, long seed) {
    int n = one.length;
    if (n < 2 || n != other.length) {
      throw new MosException("agreement: got " + n + " architectures, need at least 2");
    }
    SplittableRandom random = new SplittableRandom(seed);
    double[] errors = new double[RESAMPLES];
    double[] taus = new double[RESAMPLES];
    double[] a = new double[n];
    double[] b = new double[n];
    for (int r = 0; r < RESAMPLES; r++) {
      for (int i = 0; i < n; i++) {
        int drawn = random.nextInt(n);
        a[i] = one[drawn];
        b[i] = other[drawn];
      }
      errors[r] = error(a, b);
      taus[r] = tau(a, b);
    }
    double bias = Arrays.stream(one).sum() / n - Arrays.stream(other).sum() / n;
    double[] shifted = Arrays.stream(one).map(value -> value - bias).toArray();
    return new RankAgreement(
        error(one, other),
        interval(errors),
        bias,
        error(shifted, other),
        tau(one, other),
        interval(taus),
        n);
  }

  /**
   * What is lost by trusting {@code one}: the other figure of the architecture with the lowest
   * {@code one} (of several, the first), less the lowest other figure; at least 0.
   */
  public static double regret(double[] one, double[] other) {
    int first = 0;
    for (int i = 1; i < one.length; i++) {
      first = one[i] < one[first] ? i : first;
    }
    return other[first] - Arrays.stream(other).min().orElseThrow();
  }

  /** Kendall's tau-b. */
  public static double tau(double[] one, double[] other) {
    return new KendallsCorrelation().correlation(one, other);
  }

  private static double error(double[] one, double[] other) {
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      sum += Math.abs(one[i] - other[i]);
    }
    return sum / one.length;
  }

  private static Interval interval(double[] values) {
    double[] sorted = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
    if (sorted.length == 0) {
      return new Interval(Double.NaN, Double.NaN);
    }
    int tail = (int) (TAIL * sorted.length);
    return new Interval(sorted[tail], sorted[sorted.length - 1 - tail]);
  }
}
