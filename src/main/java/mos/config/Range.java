package mos.config;

import java.util.Locale;

/**
 * Legal values of a number, both ends included.
 *
 * @param lowest negative infinity for none
 * @param highest infinity for none
 */
record Range(double lowest, double highest) {
  static final Range ANY = new Range(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  boolean contains(double value) {
    return value >= lowest && value <= highest;
  }

  /**
   * In words: "1..6", "at least 0"; empty where any are.
   *
   * @param far an upper end from which on it is not told
   */
  String words(double far) {
    if (highest >= far) {
      return Double.isInfinite(lowest) ? "" : "at least " + number(lowest);
    }
    return Double.isInfinite(lowest)
        ? "at most " + number(highest)
        : number(lowest) + ".." + number(highest);
  }

  /** A number as messages have it: whole ones without a point. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%d", (long) value)
        : Double.toString(value);
  }
}
