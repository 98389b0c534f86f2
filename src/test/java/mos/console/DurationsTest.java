package mos.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "-1, 0 s",
    "0, 0 s",
    "0.0001, 1 ms",
    "0.35, 350 ms",
    "0.9999, 1.0 s",
    "8.42, 8.4 s",
    "9.96, 10 s",
    "59.4, 59 s",
    "59.6, 1 min 00 s",
    "83, 1 min 23 s",
    "3599.7, 1 h 00 min",
    "7500, 2 h 05 min",
    "86390, 1 d 00 h",
    "100000, 1 d 04 h",
    "NaN, ?",
    "Infinity, ?"
  })
  void saysDurationsInTwoUnits(double seconds, String words) {
    assertThat(Durations.ofSeconds(seconds)).isEqualTo(words);
  }

  @Test
  void formatsDurationObjects() {
    assertThat(Durations.format(Duration.ofMillis(83_400))).isEqualTo("1 min 23 s");
  }
}
