package mos.report;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Maps a range of data to a range of the picture.
 *
 * @param low data at {@code start}
 * @param high data at {@code end}, above {@code low}
 */
record Axis(double low, double high, double start, double end) {
  private static final double PADDING = 0.04;

  /** An axis over all values with a little room at both ends; from 0 to 1 where there are none. */
  static Axis over(List<Double> values, boolean fromZero, double start, double end) {
    double low = values(values).min().orElse(0);
    double high = values(values).max().orElse(1);
    if (fromZero) {
      low = Math.min(0, low);
      high = Math.max(0, high);
    }
    // One value alone, or several that doubles hardly tell apart, still get a range.
    double least = Math.max(Math.abs(high), Math.abs(low)) * 1e-6;
    double room = high - low > least ? (high - low) * PADDING : Math.max(0.5, least);
    return new Axis(fromZero && low == 0 ? 0 : low - room, high + room, start, end);
  }

  /** Where a value lies in the picture. */
  double at(double value) {
    return start + (value - low) / (high - low) * (end - start);
  }

  private static DoubleStream values(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue);
  }
}
