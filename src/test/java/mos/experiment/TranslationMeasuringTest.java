package mos.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TranslationMeasuringTest {
  @Test
  void percentilesAreByNearestRank() {
    double[] hundred = IntStream.rangeClosed(1, 100).mapToDouble(i -> 101 - i).toArray();
    assertThat(TranslationMeasuring.percentile(hundred, 50)).isEqualTo(50);
    assertThat(TranslationMeasuring.percentile(hundred, 95)).isEqualTo(95);
    double[] five = {30, 10, 50, 20, 40};
    assertThat(TranslationMeasuring.percentile(five, 50)).isEqualTo(30);
    assertThat(TranslationMeasuring.percentile(five, 95)).isEqualTo(50);
    assertThat(TranslationMeasuring.percentile(new double[] {7}, 50)).isEqualTo(7);
    assertThat(five).containsExactly(30, 10, 50, 20, 40);
  }
}
