package mos.report;

/** What a result says, or the sign that it does not: not a number (NaN), an empty text. */
final class Known {
  /** Differences of larger numbers would overflow in plots. */
  private static final double LARGEST = 1e30;

  private Known() {}

  /** A figure; NaN where there is none, or an absurd one, past 1e30. */
  static double figure(Number figure) {
    return figure != null && Math.abs(figure.doubleValue()) <= LARGEST
        ? figure.doubleValue()
        : Double.NaN;
  }

  /** The text of a value; empty where there is none. */
  static String text(Object value) {
    return value == null ? "" : value.toString();
  }
}
