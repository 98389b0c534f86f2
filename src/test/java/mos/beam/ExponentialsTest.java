package mos.beam;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ExponentialsTest {
  private static double power(float x) {
    return Exponentials.sum(new float[] {x}, 1, 0, new double[1]);
  }

  @Test
  void theErrorIsBelowOneInAHundredMillion() {
    double largest = 0;
    for (int i = 0; i <= 400_000; i++) {
      float x = -i / 10_000f;
      largest = Math.max(largest, Math.abs(power(x) / Math.exp(x) - 1));
    }
    assertThat(largest).isLessThan(1e-8);
  }

  @Test
  void whatIsVerySmallCountsForNothing() {
    assertThat(power(-41)).isBetween(0.0, 1e-17);
    assertThat(power(-1e30f)).isBetween(0.0, 1e-17);
    assertThat(power(Float.NEGATIVE_INFINITY)).isBetween(0.0, 1e-17);
  }

  @Test
  void sumsOfAnyLengthAreThoseOfJava() {
    Random random = new Random(3);
    for (int n = 1; n < 40; n++) {
      float[] numbers = new float[n];
      double sum = 0;
      for (int i = 0; i < n; i++) {
        numbers[i] = -20 * random.nextFloat();
        sum += Math.exp(numbers[i]);
      }
      assertThat(Exponentials.sum(numbers, n, 0, new double[n]) / sum - 1).isBetween(-1e-8, 1e-8);
    }
  }
}
