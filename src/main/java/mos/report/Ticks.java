package mos.report;

import java.util.ArrayList;
import java.util.List;
import mos.console.Numbers;

/**
 * Round positions on an axis: multiples of 1, 2 or 5 times a power of ten inside its range.
 *
 * @param step distance between two ticks, above 0
 * @param values the ticks, ascending, at least two on any range that doubles resolve
 */
record Ticks(double step, List<Double> values) {
  private static final int FINEST = 20;
  private static final double[] STEPS = {1, 2, 5, 10};

  Ticks {
    values = List.copyOf(values);
  }

  /**
   * Ticks for an axis from {@code low} to {@code high}.
   *
   * @param low finite
   * @param high finite, above {@code low}
   * @param most number of steps that fit, at least 1; more are taken where fewer than two ticks
   *     would fall into the range
   */
  static Ticks between(double low, double high, int most) {
    double raw = (high - low) / most;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = 10 * power;
    for (double factor : STEPS) {
      if (factor * power >= raw * (1 - 1e-9)) {
        step = factor * power;
        break;
      }
    }
    List<Double> values = new ArrayList<>();
    // Counting in whole steps keeps rounding errors from piling up.
    double first = Math.ceil(low / step - 1e-9);
    for (int i = 0; i <= most + 1; i++) {
      double value = (first + i) * step;
      if (value <= high + step * 1e-9) {
        values.add(value == 0 ? 0.0 : value);
      }
    }
    if (values.size() < 2 && most < FINEST) {
      return between(low, high, most + 1);
    }
    return new Ticks(step, values);
  }

  /** The label of one tick: as many decimals as the step needs, "20k", "5e-4". */
  String label(double value) {
    if (value == 0) {
      return "0";
    }
    double largest = values.stream().mapToDouble(Math::abs).max().orElse(1);
    if (largest >= 1e12 || largest < 0.01) {
      return Numbers.scientific(value, 3);
    }
    if (largest >= 1e6) {
      return Numbers.fixed(value / 1e6, decimals(step / 1e6)) + "M";
    }
    if (largest >= 1e4) {
      return Numbers.fixed(value / 1e3, decimals(step / 1e3)) + "k";
    }
    return Numbers.fixed(value, decimals(step));
  }

  private static int decimals(double step) {
    return (int) Math.max(0, Math.min(9, Math.ceil(-Math.log10(step) - 1e-9)));
  }
}
