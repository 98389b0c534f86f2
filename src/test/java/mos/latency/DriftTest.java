package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DriftTest {
  private static double[] noise(int rows) {
    Random random = new Random(3);
    return IntStream.range(0, rows).mapToDouble(i -> 1 + 0.02 * random.nextGaussian()).toArray();
  }

  @Test
  void independentNoiseIsNoDrift() {
    assertThat(Drift.factors(noise(400))).containsOnly(1.0);
  }

  @Test
  void slowSpellIsFound() {
    double[] ratios = noise(400);
    for (int i = 100; i < 200; i++) {
      ratios[i] *= 1.3;
    }
    double[] factors = Drift.factors(ratios);
    assertThat(factors[150] / factors[300]).isCloseTo(1.3, within(0.05));
    assertThat(Arrays.stream(factors).average().orElseThrow()).isCloseTo(1, within(1e-12));
  }

  @Test
  void fewRowsShowNoDrift() {
    assertThat(Drift.factors(new double[] {1, 1, 1, 1, 2, 2, 2, 2})).containsOnly(1.0);
  }
}
