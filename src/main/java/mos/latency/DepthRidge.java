package mos.latency;

import java.util.List;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.RealMatrix;

/**
 * Weighted ridge regression on one variable that is free and terms that are penalised: each is
 * taken as its departure from a straight line through the free variable, in standard deviations. So
 * an endless penalty leaves exactly the line.
 *
 * <p>Source: Hoerl and Kennard, Ridge Regression (1970); Frisch and Waugh (1933) for taking out the
 * line first.
 */
final class DepthRidge {
  /** Departures below this share of a term's size are rounding. */
  private static final double NEGLIGIBLE = 1e-6;

  private final double[] depths;
  private final double[][] columns;

  /** {@code latency = intercept + slope · depth + Σ coefficient · term}. */
  record Solution(double intercept, double slope, double[] coefficients) {}

  /** A straight line {@code intercept + slope · depth}. */
  private record Line(double intercept, double slope) {}

  DepthRidge(List<LatencyRow> rows, LatencyTerm depth, List<LatencyTerm> terms) {
    depths = column(rows, depth);
    columns = terms.stream().map(term -> column(rows, term)).toArray(double[][]::new);
  }

  private static double[] column(List<LatencyRow> rows, LatencyTerm term) {
    return rows.stream().mapToDouble(row -> term.value(row.input())).toArray();
  }

  /**
   * Fits.
   *
   * @param target one per row
   * @param weights one per row, of any sum above 0; rows of weight 0 are left out
   * @param ridge penalty, 0 or more
   */
  Solution solve(double[] target, double[] weights, double ridge) {
    double[] shares = normalised(weights);
    int terms = columns.length;
    Line targetLine = line(target, shares);
    Line[] lines = new Line[terms];
    double[][] departures = new double[terms][];
    double[] scales = new double[terms];
    for (int j = 0; j < terms; j++) {
      lines[j] = line(columns[j], shares);
      departures[j] = departures(columns[j], lines[j]);
      scales[j] = standardise(departures[j], columns[j], shares);
    }
    double[] solved =
        solveNormal(departures, departures(target, targetLine), shares, Math.max(ridge, 1e-9));
    double intercept = targetLine.intercept();
    double slope = targetLine.slope();
    for (int j = 0; j < terms; j++) {
      solved[j] /= scales[j];
      intercept -= solved[j] * lines[j].intercept();
      slope -= solved[j] * lines[j].slope();
    }
    return new Solution(intercept, slope, solved);
  }

  /** What a solution says for each row. */
  double[] predict(Solution solution) {
    double[] predicted = new double[depths.length];
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = solution.intercept() + solution.slope() * depths[i];
      for (int j = 0; j < columns.length; j++) {
        predicted[i] += solution.coefficients()[j] * columns[j][i];
      }
    }
    return predicted;
  }

  private static double[] normalised(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    double[] shares = new double[weights.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = weights[i] / sum;
    }
    return shares;
  }

  private Line line(double[] values, double[] shares) {
    double depthMean = dot(shares, depths);
    double mean = dot(shares, values);
    double variance = 0;
    double covariance = 0;
    for (int i = 0; i < values.length; i++) {
      double centred = depths[i] - depthMean;
      variance += shares[i] * centred * centred;
      covariance += shares[i] * centred * values[i];
    }
    boolean oneDepth = variance <= NEGLIGIBLE * NEGLIGIBLE * depthMean * depthMean;
    double slope = oneDepth ? 0 : covariance / variance;
    return new Line(mean - slope * depthMean, slope);
  }

  private double[] departures(double[] values, Line line) {
    double[] departures = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      departures[i] = values[i] - line.intercept() - line.slope() * depths[i];
    }
    return departures;
  }

  /** Divides by the standard deviation, which is returned; negligible departures become zero. */
  private static double standardise(double[] departures, double[] values, double[] shares) {
    double variance = 0;
    double size = 0;
    for (int i = 0; i < departures.length; i++) {
      variance += shares[i] * departures[i] * departures[i];
      size += shares[i] * Math.abs(values[i]);
    }
    double scale = Math.sqrt(variance);
    boolean negligible = scale <= NEGLIGIBLE * size;
    for (int i = 0; i < departures.length; i++) {
      departures[i] = negligible ? 0 : departures[i] / scale;
    }
    return negligible ? 1 : scale;
  }

  private static double[] solveNormal(double[][] x, double[] y, double[] shares, double ridge) {
    int terms = x.length;
    if (terms == 0) {
      return new double[0];
    }
    RealMatrix normal = new Array2DRowRealMatrix(terms, terms);
    double[] right = new double[terms];
    for (int j = 0; j < terms; j++) {
      double[] weighted = new double[y.length];
      for (int i = 0; i < y.length; i++) {
        weighted[i] = shares[i] * x[j][i];
      }
      right[j] = dot(weighted, y);
      for (int l = 0; l <= j; l++) {
        double entry = dot(weighted, x[l]);
        normal.setEntry(j, l, entry);
        normal.setEntry(l, j, entry);
      }
      normal.addToEntry(j, j, ridge);
    }
    return new CholeskyDecomposition(normal, 1e-9, 1e-14)
        .getSolver()
        .solve(new ArrayRealVector(right))
        .toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
