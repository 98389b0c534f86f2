package mos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TicksTest {
  private static List<String> labels(double low, double high, int most) {
    Ticks ticks = Ticks.between(low, high, most);
    return ticks.values().stream().map(ticks::label).toList();
  }

  @Test
  void ticksAreRoundNumbersInsideTheRange() {
    assertThat(labels(0.3, 9.7, 5)).containsExactly("2", "4", "6", "8");
    assertThat(labels(0, 1, 5)).containsExactly("0", "0.2", "0.4", "0.6", "0.8", "1.0");
    assertThat(labels(-3, 3, 3)).containsExactly("−2", "0", "2");
    assertThat(labels(2.41, 2.64, 5)).containsExactly("2.45", "2.50", "2.55", "2.60");
  }

  @Test
  void largeAndSmallNumbersHaveShortLabels() {
    assertThat(labels(0, 40_000, 4)).containsExactly("0", "10k", "20k", "30k", "40k");
    assertThat(labels(0, 2.5e6, 5)).containsExactly("0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M");
    assertThat(labels(0, 5e-4, 2)).containsExactly("0", "5e−4");
  }

  @Test
  void anyRangeGivesFewAscendingTicksInside() {
    Random random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      double low = random.nextGaussian() * Math.pow(10, random.nextInt(12) - 6);
      double high = low + Math.abs(low) * 1e-4 + Math.pow(10, random.nextInt(12) - 6);
      int most = 1 + random.nextInt(9);
      Ticks ticks = Ticks.between(low, high, most);
      assertThat(ticks.values()).as("%s to %s", low, high).isSorted().doesNotHaveDuplicates();
      assertThat(ticks.values().size()).isBetween(2, Math.max(5, most + 1));
      for (double value : ticks.values()) {
        double slack = ticks.step() * 1e-6;
        assertThat(value).isBetween(low - slack, high + slack);
        double steps = value / ticks.step();
        assertThat(steps).isCloseTo(Math.rint(steps), within(1e-3));
      }
    }
  }
}
