package mos.latency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mos.latency.AdditiveModel.Term;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.RealMatrix;

/**
 * Fits {@link AdditiveModel}s by weighted ridge regression. Errors of time measurements grow with
 * the time, so squared errors are divided by the square of the model's own prediction, fitted again
 * a few times. Dividing by the measurement instead would favour rows that happened to be fast.
 *
 * <p>Source: iteratively reweighted least squares, Carroll and Ruppert, Transformation and
 * Weighting in Regression (1988), chapter 2; ridge: Hoerl and Kennard (1970).
 */
final class AdditiveFit {
  private static final int ENCODER_EMBED = 0;
  private static final int ENCODER_LAYERS = 1;
  private static final int ENCODER_FFN = 2;
  private static final int ENCODER_HEADS = 3;
  private static final int DECODER_EMBED = 4;
  private static final int DECODER_LAYERS = 5;
  private static final int DECODER_FFN = 6;
  private static final int DECODER_HEADS = 7;
  private static final int CROSS_HEADS = 8;
  private static final int ATTENDED = 9;

  /** What every layer adds: its own cost, and more with each of its sizes. */
  private static final List<Term> LAYER_SUMS =
      List.of(
          term(DECODER_LAYERS),
          term(DECODER_LAYERS, DECODER_EMBED),
          term(DECODER_LAYERS, DECODER_FFN),
          term(DECODER_LAYERS, DECODER_HEADS),
          term(DECODER_LAYERS, CROSS_HEADS),
          term(DECODER_LAYERS, ATTENDED),
          term(ENCODER_LAYERS, ENCODER_FFN),
          term(ENCODER_LAYERS, ENCODER_EMBED),
          term(ENCODER_LAYERS, ENCODER_HEADS),
          term(DECODER_EMBED));

  /** Also the sizes of the matrices, products of two widths, and depth by itself. */
  private static final List<Term> LAYER_SUMS_AND_MATRICES = withMatrices();

  private static final double[] RIDGES = {1e-6, 1e-3, 1e-2, 1e-1, 1};
  private static final int ROUNDS = 4;

  /** A more complex model must be better by this factor on the validation rows to be taken. */
  private static final double CLEARLY_BETTER = 0.99;

  private AdditiveFit() {}

  private static Term term(Integer... features) {
    return new Term(List.of(features));
  }

  private static List<Term> withMatrices() {
    List<Term> terms = new ArrayList<>(LAYER_SUMS);
    terms.addAll(
        List.of(
            term(ENCODER_LAYERS),
            term(ENCODER_LAYERS, ENCODER_FFN, ENCODER_EMBED),
            term(DECODER_LAYERS, DECODER_FFN, DECODER_EMBED),
            term(DECODER_LAYERS, ATTENDED, ENCODER_EMBED),
            term(DECODER_LAYERS, ATTENDED, DECODER_EMBED),
            term(DECODER_EMBED, ENCODER_EMBED),
            term(DECODER_LAYERS, DECODER_LAYERS)));
    return terms;
  }

  /** The model with the least squared error on the validation rows. */
  static AdditiveModel best(RowSplit split) {
    AdditiveModel best = null;
    double least = Double.POSITIVE_INFINITY;
    for (List<Term> terms : List.of(LAYER_SUMS, LAYER_SUMS_AND_MATRICES)) {
      for (double ridge : RIDGES) {
        AdditiveModel model = fit(terms, split.training(), ridge, ROUNDS);
        double error = Evaluation.of(model, split.validation()).rmseMs();
        if (best == null || error < least * CLEARLY_BETTER) {
          best = model;
          least = error;
        }
      }
    }
    return best;
  }

  /** The straight line through decoder depth, the baseline that any predictor must beat. */
  static AdditiveModel depthOnly(List<LatencyRow> rows) {
    return fit(List.of(term(DECODER_LAYERS)), rows, 1e-9, 0);
  }

  /** Fits coefficients; {@code rounds} 0 is ordinary (unweighted) ridge regression. */
  static AdditiveModel fit(List<Term> terms, List<LatencyRow> rows, double ridge, int rounds) {
    double[] measured = rows.stream().mapToDouble(LatencyRow::ms).toArray();
    double lowest = Arrays.stream(measured).min().orElseThrow() / 2;
    double[] weights = new double[measured.length];
    Arrays.fill(weights, 1.0 / measured.length);
    AdditiveModel model = solve(terms, rows, measured, weights, ridge, lowest);
    for (int round = 0; round < rounds; round++) {
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        double predicted = model.ms(rows.get(i).featureArray());
        weights[i] = 1 / (predicted * predicted);
        sum += weights[i];
      }
      for (int i = 0; i < weights.length; i++) {
        weights[i] /= sum;
      }
      model = solve(terms, rows, measured, weights, ridge, lowest);
    }
    return model;
  }

  /** One weighted ridge regression on standardised terms; {@code weights} sum to 1. */
  private static AdditiveModel solve(
      List<Term> terms,
      List<LatencyRow> rows,
      double[] measured,
      double[] weights,
      double ridge,
      double lowest) {
    int n = measured.length;
    int k = terms.size();
    double[][] x = new double[n][k];
    double[] mean = new double[k];
    double[] scale = new double[k];
    double measuredMean = 0;
    for (int i = 0; i < n; i++) {
      double[] features = rows.get(i).featureArray();
      for (int j = 0; j < k; j++) {
        x[i][j] = terms.get(j).value(features);
        mean[j] += weights[i] * x[i][j];
      }
      measuredMean += weights[i] * measured[i];
    }
    for (int j = 0; j < k; j++) {
      for (int i = 0; i < n; i++) {
        x[i][j] -= mean[j];
        scale[j] += weights[i] * x[i][j] * x[i][j];
      }
      scale[j] = Math.sqrt(scale[j]);
      // A term that never changes tells nothing: its column, and so its coefficient, becomes zero.
      boolean constant = scale[j] <= 1e-9 * Math.abs(mean[j]);
      for (int i = 0; i < n; i++) {
        x[i][j] = constant ? 0 : x[i][j] / scale[j];
      }
      scale[j] = constant ? 1 : scale[j];
    }
    RealMatrix normal = new Array2DRowRealMatrix(k, k);
    double[] right = new double[k];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < k; j++) {
        right[j] += weights[i] * x[i][j] * (measured[i] - measuredMean);
        for (int l = 0; l <= j; l++) {
          normal.addToEntry(j, l, weights[i] * x[i][j] * x[i][l]);
        }
      }
    }
    for (int j = 0; j < k; j++) {
      normal.addToEntry(j, j, ridge);
      for (int l = 0; l < j; l++) {
        normal.setEntry(l, j, normal.getEntry(j, l));
      }
    }
    double[] solution =
        new CholeskyDecomposition(normal, 1e-9, 1e-14)
            .getSolver()
            .solve(new ArrayRealVector(right))
            .toArray();
    double intercept = measuredMean;
    List<Double> coefficients = new ArrayList<>();
    for (int j = 0; j < k; j++) {
      double coefficient = solution[j] / scale[j];
      coefficients.add(coefficient);
      intercept -= coefficient * mean[j];
    }
    return new AdditiveModel(terms, coefficients, intercept, lowest);
  }
}
