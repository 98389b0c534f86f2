package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import mos.base.ConfigurationException;
import mos.train.LearningRate.Decay;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LearningRateTest {
  private static final Offset<Double> EXACT = within(1e-15);

  @Test
  void cosineWarmsUpThenFallsToTheFloor() {
    LearningRate rate = new LearningRate(Decay.COSINE, 10, 110, 1e-7, 1e-3, 1e-5);
    // The first update comes after 0 finished ones.
    assertThat(rate.after(0)).isEqualTo(1e-7);
    assertThat(rate.after(5)).isCloseTo((1e-7 + 1e-3) / 2, EXACT);
    assertThat(rate.after(9)).isCloseTo(1e-7 + 0.9 * (1e-3 - 1e-7), EXACT);
    assertThat(rate.after(10)).isCloseTo(1e-3, EXACT);
    // cos(π/3) = 1/2 at a third of the way, 0 half way.
    assertThat(new LearningRate(Decay.COSINE, 0, 30, 0, 1, 0).after(10)).isCloseTo(0.75, EXACT);
    assertThat(rate.after(60)).isCloseTo((1e-3 + 1e-5) / 2, EXACT);
    assertThat(rate.after(110)).isCloseTo(1e-5, EXACT);
    assertThat(rate.after(200)).isCloseTo(1e-5, EXACT);
  }

  @Test
  void inverseSquareRootMeetsThePeakAtTheEndOfTheWarmUp() {
    LearningRate rate = new LearningRate(Decay.INVERSE_SQRT, 4, 100, 1e-7, 5e-4, 0);
    assertThat(rate.after(0)).isEqualTo(1e-7);
    assertThat(rate.after(2)).isCloseTo((1e-7 + 5e-4) / 2, EXACT);
    assertThat(rate.after(4)).isCloseTo(5e-4, EXACT);
    assertThat(rate.after(16)).isCloseTo(2.5e-4, EXACT);
    assertThat(rate.after(100)).isCloseTo(1e-4, EXACT);
  }

  @Test
  void withoutWarmUpTheFirstUpdateHasThePeak() {
    assertThat(new LearningRate(Decay.COSINE, 0, 10, 1e-7, 1e-3, 0).after(0)).isEqualTo(1e-3);
    assertThat(new LearningRate(Decay.INVERSE_SQRT, 0, 10, 1e-7, 1e-3, 0).after(0)).isEqualTo(1e-3);
  }

  @Test
  void warmUpLongerThanTheTrainingNeverReachesThePeak() {
    LearningRate rate = new LearningRate(Decay.COSINE, 100, 10, 0, 1, 0);
    assertThat(rate.after(9)).isCloseTo(0.09, EXACT);
    assertThat(rate.after(100)).isCloseTo(1, EXACT);
  }

  @Test
  void impossibleSchedulesAreRefused() {
    assertThatThrownBy(() -> new LearningRate(Decay.COSINE, -1, 10, 0, 1, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got -1 and 10");
    assertThatThrownBy(() -> new LearningRate(Decay.COSINE, 0, 10, 0, 0, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("peak learning rate: got 0.0");
  }
}
