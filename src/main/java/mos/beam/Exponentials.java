package mos.beam;

/**
 * Sums of exponentials, in loops without branches or calls, which HotSpot can compile to vector
 * instructions. e^x is (e^(x/256))^256, the inner one by its Taylor polynomial of degree 7. Down to
 * x = −40 the relative error is below 1e-8; below that, e^−40 is taken, which is nothing beside 1.
 */
final class Exponentials {
  /** e to the power of this is nothing beside 1, and the polynomial holds down to it. */
  private static final double LEAST = -40;

  private static final double SCALE = 1.0 / 256;

  private Exponentials() {}

  /** The largest of the first {@code n} numbers; NaN if one is NaN. */
  static float largest(float[] numbers, int n) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      largest = Math.max(largest, numbers[i]);
    }
    return largest;
  }

  /**
   * Sums e^(x − shift) over the first {@code n} numbers.
   *
   * @param shift at least the largest number
   * @param powers room for n numbers
   */
  static double sum(float[] numbers, int n, float shift, double[] powers) {
    for (int i = 0; i < n; i++) {
      powers[i] = numbers[i] - (double) shift;
    }
    power(powers, n);
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = 0;
    for (; i + 3 < n; i += 4) {
      sum0 += powers[i];
      sum1 += powers[i + 1];
      sum2 += powers[i + 2];
      sum3 += powers[i + 3];
    }
    for (; i < n; i++) {
      sum0 += powers[i];
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  private static void power(double[] powers, int n) {
    for (int i = 0; i < n; i++) {
      double x = Math.max(powers[i], LEAST) * SCALE;
      double p = 1.0 / 5040;
      p = p * x + 1.0 / 720;
      p = p * x + 1.0 / 120;
      p = p * x + 1.0 / 24;
      p = p * x + 1.0 / 6;
      p = p * x + 0.5;
      p = p * x + 1;
      p = p * x + 1;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      powers[i] = p;
    }
  }
}
