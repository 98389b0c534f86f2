package mos.latency;

import java.util.List;
import java.util.Locale;
import mos.results.EvaluationFigures;
import org.hipparchus.stat.correlation.KendallsCorrelation;

/**
 * How well predictions fit rows that were not trained on.
 *
 * @param rmseMs root mean squared error
 * @param mape mean absolute error relative to the measurement, as a fraction
 * @param maxErrorMs largest absolute error
 * @param kendallTau tau-b of measured and predicted order, −1…1; NaN where all values on a side are
 *     equal or there is one row
 * @param rows how many rows
 */
public record Evaluation(
    double rmseMs, double mape, double maxErrorMs, double kendallTau, int rows) {

  /** Compares a model's predictions with measurements. */
  static Evaluation of(LatencyModel model, List<LatencyRow> rows) {
    double[] measured = rows.stream().mapToDouble(LatencyRow::ms).toArray();
    double[] predicted = rows.stream().mapToDouble(r -> model.ms(r.input())).toArray();
    double squares = 0;
    double relative = 0;
    double worst = 0;
    for (int i = 0; i < measured.length; i++) {
      double error = Math.abs(predicted[i] - measured[i]);
      squares += error * error;
      relative += error / measured[i];
      worst = Math.max(worst, error);
    }
    double tau =
        measured.length < 2
            ? Double.NaN
            : new KendallsCorrelation().correlation(measured, predicted);
    return new Evaluation(
        Math.sqrt(squares / measured.length),
        relative / measured.length,
        worst,
        tau,
        measured.length);
  }

  /** The same as files tell it; tau is null where it is NaN. */
  public EvaluationFigures figures() {
    return new EvaluationFigures(
        rmseMs, mape, maxErrorMs, Double.isNaN(kendallTau) ? null : (Double) kendallTau, rows);
  }

  /** For people: "RMSE 1.23 ms, MAPE 4.5%, …". */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "RMSE %.3f ms, MAPE %.2f%%, worst %.3f ms, Kendall's tau %s, %d rows",
        rmseMs,
        100 * mape,
        maxErrorMs,
        Double.isNaN(kendallTau) ? "n/a" : String.format(Locale.ROOT, "%.4f", kendallTau),
        rows);
  }
}
