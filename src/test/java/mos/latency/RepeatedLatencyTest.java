package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RepeatedLatencyTest {
  private static RepeatedLatency of(double... ms) {
    return new RepeatedLatency(
        Arrays.stream(ms).mapToObj(m -> new Latency(1, m - 1, 0, 0, 0)).toList());
  }

  @Test
  void threePercentOfTheMedianIsAgreement() {
    assertThat(of(100, 102.9, 101).agree()).isTrue();
    assertThat(of(100, 103.2, 101).agree()).isFalse();
    assertThat(of(50).agree()).isTrue();
    assertThat(of(90, 110, 100).spread()).isCloseTo(0.2, within(1e-12));
    assertThat(of(90, 110, 100).median().ms()).isEqualTo(100);
    assertThat(of(90, 110).median().ms()).isEqualTo(110);
  }

  @Test
  void disagreementIsSaid() {
    assertThat(RepeatedLatency.describe(3, 0.2, false)).contains("DO NOT AGREE", "20.0%");
    assertThat(RepeatedLatency.describe(3, 0.01, true)).contains("agree: 1.0%");
  }
}
