package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import mos.host.HostLoad;
import org.junit.jupiter.api.Test;

class UndisturbedMeterTest {
  private int measured;

  private double measure(int retries, List<Double> ms, List<Double> otherCores) {
    Deque<Double> times = new ArrayDeque<>(ms);
    Deque<Double> others = new ArrayDeque<>(otherCores);
    measured = 0;
    return new UndisturbedMeter(retries)
        .measure(
            () -> {
              measured++;
              return new Latency(0, times.pop(), 0, 0, 0);
            },
            () -> () -> new HostLoad(others.pop(), Double.NaN, Double.NaN))
        .latency()
        .ms();
  }

  @Test
  void quietMachineIsMeasuredOnce() {
    assertThat(measure(2, List.of(5.0), List.of(0.05))).isEqualTo(5);
    assertThat(measure(2, List.of(5.0), List.of(Double.NaN))).isEqualTo(5);
    assertThat(measured).isEqualTo(1);
  }

  @Test
  void disturbedMeasurementsAreRepeatedAndTheFastestCounts() {
    assertThat(measure(2, List.of(9.0, 5.0), List.of(1.0, 0.0))).isEqualTo(5);
    assertThat(measured).isEqualTo(2);
    assertThat(measure(2, List.of(9.0, 7.0, 8.0), List.of(1.0, 1.0, 1.0))).isEqualTo(7);
    assertThat(measured).isEqualTo(3);
    assertThat(measure(0, List.of(9.0), List.of(1.0))).isEqualTo(9);
  }
}
