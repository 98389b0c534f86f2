package mos.metrics;

import java.util.List;
import java.util.Locale;
import mos.base.MosException;

/** What the corpus metrics share: corpora that pair up, sums, and logarithms of zero. */
final class Segments {
  private static final double LOG_OF_ZERO = -9999999999.0;

  private Segments() {}

  static void requireParallel(List<String> system, List<String> reference) {
    if (system.size() != reference.size()) {
      throw new MosException(
          String.format(
              Locale.ROOT,
              "system and reference differ in length: got %d and %d lines, need as many of each",
              system.size(),
              reference.size()));
    }
  }

  /** The natural logarithm, with a large negative number in place of minus infinity. */
  static double log(double x) {
    return x == 0 ? LOG_OF_ZERO : Math.log(x);
  }

  /** Sums of rows that are equally long; of none, an empty one. */
  static double[] sum(double[][] rows) {
    double[] sums = new double[rows.length == 0 ? 0 : rows[0].length];
    for (double[] row : rows) {
      add(row, sums);
    }
    return sums;
  }

  static void add(double[] row, double[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i];
    }
  }

  /** Lower case as everywhere. */
  static String cased(String line, boolean lowercase) {
    return lowercase ? line.toLowerCase(Locale.ROOT) : line;
  }
}
