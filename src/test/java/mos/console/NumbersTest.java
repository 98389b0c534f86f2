package mos.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NumbersTest {
  @Test
  void keepsFewSignificantDigits() {
    assertThat(Numbers.significant(41.0372, 3)).isEqualTo("41.0");
    assertThat(Numbers.significant(4103.72, 3)).isEqualTo("4,104");
    assertThat(Numbers.significant(-0.0123456, 3)).isEqualTo("−0.0123");
    assertThat(Numbers.significant(1e-5, 3)).isEqualTo("1e−5");
    assertThat(Numbers.significant(0, 3)).isEqualTo("0");
    assertThat(Numbers.significant(Double.NaN, 3)).isEqualTo(Numbers.NONE);
  }

  @Test
  void usesSiPrefixes() {
    assertThat(Numbers.si(56_230_144)).isEqualTo("56.2 M");
    assertThat(Numbers.si(999.9)).isEqualTo("1.00 k");
    assertThat(Numbers.si(2.9e9)).isEqualTo("2.90 G");
    assertThat(Numbers.si(12)).isEqualTo("12.0");
  }
}
