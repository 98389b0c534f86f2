package mos.latency;

import static mos.space.Dimension.ARBITRARY_ATTENTION;
import static mos.space.Dimension.DECODER_EMBED;
import static mos.space.Dimension.DECODER_FFN;
import static mos.space.Dimension.DECODER_HEADS;
import static mos.space.Dimension.DECODER_LAYERS;
import static mos.space.Dimension.ENCODER_DECODER_HEADS;
import static mos.space.Dimension.ENCODER_EMBED;
import static mos.space.Dimension.ENCODER_FFN;
import static mos.space.Dimension.ENCODER_HEADS;
import static mos.space.Dimension.ENCODER_LAYERS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import mos.latency.DepthRidge.Solution;
import mos.space.ArchitectureFeatures;
import mos.space.Dimension;

/**
 * Fits {@link AdditiveModel}s: decoder depth, which explains most, is free, all other terms are
 * shrunk, by as much as cross-validation asks for. Errors of time measurements grow with the time,
 * so squared errors are divided by the square of the model's own prediction; dividing by the
 * measurement instead would favour rows that happened to be fast.
 *
 * <p>Source: iteratively reweighted least squares, Carroll and Ruppert, Transformation and
 * Weighting in Regression (1988), chapter 2; Huber, Robust Estimation of a Location Parameter
 * (1964); the one-standard-error rule, Breiman et al., Classification and Regression Trees (1984),
 * section 3.4.3.
 */
final class AdditiveFit {
  private static final LatencyTerm DEPTH = term(DECODER_LAYERS);

  /** What every layer adds with each of its sizes, and the sizes of the matrices. */
  private static final List<LatencyTerm> TERMS =
      List.of(
          term(DECODER_LAYERS, DECODER_EMBED),
          term(DECODER_LAYERS, DECODER_FFN),
          term(DECODER_LAYERS, DECODER_HEADS),
          term(DECODER_LAYERS, ENCODER_DECODER_HEADS),
          term(DECODER_LAYERS, ARBITRARY_ATTENTION),
          term(ENCODER_LAYERS, ENCODER_FFN),
          term(ENCODER_LAYERS, ENCODER_EMBED),
          term(ENCODER_LAYERS, ENCODER_HEADS),
          term(DECODER_EMBED),
          term(ENCODER_LAYERS),
          term(ENCODER_LAYERS, ENCODER_FFN, ENCODER_EMBED),
          term(DECODER_LAYERS, DECODER_FFN, DECODER_EMBED),
          term(DECODER_LAYERS, ARBITRARY_ATTENTION, ENCODER_EMBED),
          term(DECODER_LAYERS, ARBITRARY_ATTENTION, DECODER_EMBED),
          term(DECODER_EMBED, ENCODER_EMBED),
          term(DECODER_LAYERS, DECODER_LAYERS));

  /** The last leaves next to nothing but depth. */
  private static final double[] RIDGES = {1e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 100, 1e6};

  private static final double FIRST_RIDGE = 0.1;
  private static final int ROUNDS = 4;
  private static final int FOLDS = 5;

  /** By which share the squared error may grow to lower the relative error. */
  private static final double LEVEL_SLACK = 4e-4;

  /** Errors past so many standard deviations are outliers and pull less. */
  private static final double OUTLIER = 2.5;

  /** The standard deviation of a normal distribution by its median absolute deviation. */
  private static final double NORMAL_MAD = 1.4826;

  /** More terms must lower the error to this share of what fewer leave, else it is chance. */
  private static final double WORTH_MORE_TERMS = 0.98;

  private final List<LatencyTerm> terms;
  private final DepthRidge ridge;
  private final double[] measured;
  private final double lowestMs;

  private AdditiveFit(List<LatencyRow> rows, List<LatencyTerm> terms) {
    this.terms = terms;
    ridge = new DepthRidge(rows, DEPTH, terms);
    measured = rows.stream().mapToDouble(LatencyRow::ms).toArray();
    lowestMs = lowest(measured);
  }

  /** With the number of layers of each size. */
  private static List<LatencyTerm> withLayers(List<LatencyRow> rows) {
    List<LatencyTerm> all = new ArrayList<>(TERMS);
    for (Dimension dimension : Dimension.values()) {
      // All layers of dense rows have one expert, which says no more than their depth; likewise
      // those that choose neither head sizes nor activations.
      boolean told =
          !dimension.optional()
              || rows.stream()
                  .flatMap(row -> row.architecture().orElseThrow().values(dimension).stream())
                  .anyMatch(value -> value != dimension.absent());
      if (dimension.perLayer() && told) {
        rows.stream()
            .flatMap(row -> row.architecture().orElseThrow().values(dimension).stream())
            .distinct()
            .sorted()
            .forEach(choice -> all.add(new LatencyTerm.Layers(dimension, choice)));
      }
    }
    return all;
  }

  private static LatencyTerm term(Dimension... averages) {
    return new LatencyTerm.Product(
        Arrays.stream(averages).map(ArchitectureFeatures::place).toList());
  }

  private static double lowest(double[] measured) {
    return Arrays.stream(measured).min().orElseThrow() / 2;
  }

  /** The straight line through decoder depth, the baseline that any predictor must beat. */
  static AdditiveModel depthOnly(List<LatencyRow> rows) {
    double[] measured = rows.stream().mapToDouble(LatencyRow::ms).toArray();
    double[] equal = new double[measured.length];
    Arrays.fill(equal, 1);
    Solution line = new DepthRidge(rows, DEPTH, List.of()).solve(measured, equal, 0);
    return model(line, List.of(), 1, lowest(measured));
  }

  /**
   * Fits the default model: with the layers' own sizes where every row has them and they lower the
   * error in cross-validation.
   *
   * @param rows in order of measurement, at least 2
   */
  static AdditiveModel fit(List<LatencyRow> rows) {
    Fitted averages = new AdditiveFit(rows, TERMS).fit();
    if (!rows.stream().allMatch(row -> row.architecture().isPresent())) {
      return averages.model();
    }
    Fitted layers = new AdditiveFit(rows, withLayers(rows)).fit();
    return (layers.error() < WORTH_MORE_TERMS * averages.error() ? layers : averages).model();
  }

  /** A model and its squared relative error in cross-validation. */
  private record Fitted(AdditiveModel model, double error) {}

  private Fitted fit() {
    double[] trust = new double[measured.length];
    Arrays.fill(trust, 1);
    double[] weights = trust;
    double[] steady = measured;
    Solution solution = ridge.solve(measured, weights, FIRST_RIDGE);
    for (int round = 0; round < ROUNDS; round++) {
      double[] predicted = predict(solution);
      steady = quotients(measured, Drift.factors(quotients(measured, predicted)));
      trust = trust(quotients(steady, predicted));
      weights = weights(predicted, trust);
      solution = ridge.solve(steady, weights, FIRST_RIDGE);
    }
    double penalty = chosenRidge(steady, weights);
    solution = ridge.solve(steady, weights, penalty);
    double error = Arrays.stream(foldErrors(steady, weights, penalty)).sum();
    return new Fitted(model(solution, terms, level(predict(solution), trust), lowestMs), error);
  }

  private static double[] weights(double[] predicted, double[] trust) {
    return IntStream.range(0, predicted.length)
        .mapToDouble(i -> trust[i] / (predicted[i] * predicted[i]))
        .toArray();
  }

  /**
   * Huber's weights: 1, less for rows whose relative error is an outlier. Other programs now and
   * then make a measurement many times too long.
   */
  private static double[] trust(double[] ratios) {
    double[] errors = Arrays.stream(ratios).map(ratio -> Math.abs(ratio - 1)).toArray();
    double[] sorted = errors.clone();
    Arrays.sort(sorted);
    // A perfect fit has no outliers.
    double bound = Math.max(1e-6, OUTLIER * NORMAL_MAD * TrimmedRuns.quantile(sorted, 0.5));
    return Arrays.stream(errors).map(error -> error <= bound ? 1 : bound / error).toArray();
  }

  private double[] predict(Solution solution) {
    return Arrays.stream(ridge.predict(solution)).map(ms -> Math.max(ms, lowestMs)).toArray();
  }

  private static double[] quotients(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] / b[i]).toArray();
  }

  /**
   * The strongest penalty whose error in cross-validation is within one standard error of the
   * least: noise must not pass for knowledge.
   */
  private double chosenRidge(double[] target, double[] weights) {
    double[][] errors = new double[RIDGES.length][];
    int least = 0;
    for (int r = 0; r < RIDGES.length; r++) {
      errors[r] = foldErrors(target, weights, RIDGES[r]);
      if (Arrays.stream(errors[r]).sum() < Arrays.stream(errors[least]).sum()) {
        least = r;
      }
    }
    int chosen = RIDGES.length - 1;
    while (chosen > least && !withinOneStandardError(errors[chosen], errors[least])) {
      chosen--;
    }
    return RIDGES[chosen];
  }

  /** Squared relative error of each row by the solution of the folds that lack it. */
  private double[] foldErrors(double[] target, double[] weights, double penalty) {
    double[] errors = new double[target.length];
    int folds = Math.min(FOLDS, target.length);
    for (int fold = 0; fold < folds; fold++) {
      double[] others = weights.clone();
      for (int i = fold; i < others.length; i += folds) {
        others[i] = 0;
      }
      double[] predicted = predict(ridge.solve(target, others, penalty));
      for (int i = fold; i < errors.length; i += folds) {
        errors[i] = weights[i] * (predicted[i] - target[i]) * (predicted[i] - target[i]);
      }
    }
    return errors;
  }

  private static boolean withinOneStandardError(double[] errors, double[] least) {
    int n = errors.length;
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double more = errors[i] - least[i];
      sum += more;
      squares += more * more;
    }
    double mean = sum / n;
    return mean <= Math.sqrt(Math.max(0, squares / n - mean * mean) / n);
  }

  /**
   * The factor on predictions with the least mean relative error among those whose squared error is
   * next to the least. Slow outliers pull the mean up, off most rows.
   */
  private double level(double[] predicted, double[] trust) {
    double cross = 0;
    double squares = 0;
    double measuredSquares = 0;
    for (int i = 0; i < measured.length; i++) {
      cross += trust[i] * measured[i] * predicted[i];
      squares += trust[i] * predicted[i] * predicted[i];
      measuredSquares += trust[i] * measured[i] * measured[i];
    }
    double best = cross / squares;
    double error = Math.max(0, measuredSquares - best * cross);
    double slack = Math.sqrt(LEVEL_SLACK * error / squares);
    return Math.min(Math.max(relativeLevel(predicted), best - slack), best + slack);
  }

  /** The factor with the least mean relative error: a weighted median of quotients. */
  private double relativeLevel(double[] predicted) {
    double[] quotients = quotients(measured, predicted);
    double half = Arrays.stream(quotients).map(q -> 1 / q).sum() / 2;
    List<Double> ascending =
        Arrays.stream(quotients).boxed().sorted(Comparator.naturalOrder()).toList();
    double passed = 0;
    for (double quotient : ascending) {
      passed += 1 / quotient;
      if (passed >= half) {
        return quotient;
      }
    }
    return ascending.get(ascending.size() - 1);
  }

  private static AdditiveModel model(
      Solution solution, List<LatencyTerm> penalised, double level, double lowestMs) {
    List<LatencyTerm> terms = new ArrayList<>(List.of(DEPTH));
    terms.addAll(penalised);
    List<Double> coefficients = new ArrayList<>(List.of(level * solution.slope()));
    for (double coefficient : solution.coefficients()) {
      coefficients.add(level * coefficient);
    }
    return new AdditiveModel(terms, coefficients, level * solution.intercept(), lowestMs);
  }
}
