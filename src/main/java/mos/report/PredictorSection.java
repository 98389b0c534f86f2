package mos.report;

import java.util.ArrayList;
import java.util.List;
import mos.console.Numbers;
import mos.results.EvaluationFigures;
import mos.results.PredictorDocument;
import mos.results.PredictorFigures;

/** The latency predictor on held-out rows: measured against predicted latency, and its errors. */
final class PredictorSection {
  private static final double SIZE = 460;
  private static final int MOST_POINTS = 2000;

  private PredictorSection() {}

  static String html(OutputFolder folder) {
    PredictorDocument predictor = folder.predictor();
    PredictorFigures inSummary = folder.run().summary().predictor();
    if (predictor == null && inSummary == null) {
      return Html.absent(
          "No latency predictor (latency/predictor.json): latencies were measured, or not yet.");
    }
    List<Plot.Point> points = points(predictor);
    StringBuilder out = new StringBuilder("<div class=\"square\">\n<figure>\n");
    if (points.isEmpty()) {
      out.append(Html.absent("No held-out rows."));
    } else if (points.size() == 1) {
      String words = "One held-out row makes no picture: " + points.get(0).title() + ".";
      out.append(Html.element("p", words)).append('\n');
    } else {
      Plot plot =
          new Plot(
              "Latency predictor",
              Numbers.count(points.size()) + " held-out rows, measured against predicted latency.",
              SIZE,
              SIZE,
              "measured, ms",
              "predicted, ms");
      int step = (points.size() + MOST_POINTS - 1) / MOST_POINTS;
      List<Plot.Point> drawn = new ArrayList<>();
      for (int i = 0; i < points.size(); i += step) {
        drawn.add(points.get(i));
      }
      plot.points("candidates g3", 3, drawn).diagonal("limit", "predicted = measured");
      out.append(plot.svg()).append("<figcaption>");
      out.append(Plot.legend("dot g3", "held-out SubTransformer"));
      out.append(Plot.legend("limit", "predicted = measured")).append("</figcaption>\n");
    }
    out.append("</figure>\n<div>\n");
    errors(predictor == null ? inSummary.evaluation() : predictor.evaluation(), points, out);
    return out.append("</div>\n</div>\n").toString();
  }

  private static void errors(EvaluationFigures errors, List<Plot.Point> points, StringBuilder out) {
    HtmlTable table = new HtmlTable("", "Error on held-out rows", ">Value");
    table.row("rows", Numbers.fixed(points.isEmpty() ? errors.rows() : points.size(), 0));
    table.row("RMSE", Numbers.significant(errors.rmseMs(), 3) + " ms");
    // From the rows where they are there; the file's figure is a fraction.
    double mape =
        points.stream()
            .mapToDouble(p -> Math.abs(p.y() - p.x()) / p.x())
            .average()
            .orElse(errors.mape());
    table.row("MAPE", Numbers.significant(100 * mape, 3) + " %");
    table.row("largest error", Numbers.significant(errors.maxErrorMs(), 3) + " ms");
    table.row("Kendall’s tau", Numbers.fixed(Known.figure(errors.kendallTau()), 3));
    out.append(table.html(""));
  }

  private static List<Plot.Point> points(PredictorDocument predictor) {
    List<Plot.Point> points = new ArrayList<>();
    if (predictor == null || predictor.heldout() == null) {
      return points;
    }
    for (PredictorDocument.HeldOut row : predictor.heldout()) {
      double measured = row == null ? Double.NaN : Known.figure(row.measuredMs());
      double predicted = row == null ? Double.NaN : Known.figure(row.predictedMs());
      if (measured > 0 && Double.isFinite(predicted)) {
        String title =
            "measured "
                + Numbers.significant(measured, 3)
                + " ms, predicted "
                + Numbers.significant(predicted, 3)
                + " ms";
        points.add(new Plot.Point(measured, predicted, title));
      }
    }
    return points;
  }
}
