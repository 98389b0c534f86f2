package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import mos.console.Numbers;

/** The latency predictor on held-out rows: measured against predicted latency, and its errors. */
final class PredictorSection {
  private static final double SIZE = 460;
  private static final int MOST_POINTS = 2000;

  private PredictorSection() {}

  static String html(OutputFolder folder) {
    JsonNode predictor = folder.predictor();
    JsonNode inSummary = folder.summary().path("predictor");
    if (predictor.isMissingNode() && !inSummary.isObject()) {
      return Html.absent(
          "No latency predictor (latency/predictor.json): latencies were measured, or not yet.");
    }
    List<Plot.Point> points = points(predictor.path("heldout"));
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
    errors(predictor, inSummary, points, out);
    return out.append("</div>\n</div>\n").toString();
  }

  private static void errors(
      JsonNode predictor, JsonNode inSummary, List<Plot.Point> points, StringBuilder out) {
    HtmlTable table = new HtmlTable("", "Error on held-out rows", ">Value");
    double rows = points.isEmpty() ? JsonLines.number(inSummary, "rows") : points.size();
    table.row("rows", Numbers.fixed(rows, 0));
    table.row("RMSE", Numbers.significant(either(predictor, inSummary, "rmse_ms"), 3) + " ms");
    // From the rows where they are there; the file's figure is a fraction.
    double mape =
        points.stream()
            .mapToDouble(p -> Math.abs(p.y() - p.x()) / p.x())
            .average()
            .orElse(either(predictor, inSummary, "mape"));
    table.row("MAPE", Numbers.significant(100 * mape, 3) + " %");
    double worst = either(predictor, inSummary, "max_error_ms");
    table.row("largest error", Numbers.significant(worst, 3) + " ms");
    table.row("Kendall’s tau", Numbers.fixed(either(predictor, inSummary, "kendall_tau"), 3));
    out.append(table.html(""));
  }

  private static double either(JsonNode first, JsonNode second, String key) {
    double value = JsonLines.number(first, key);
    return Double.isFinite(value) ? value : JsonLines.number(second, key);
  }

  private static List<Plot.Point> points(JsonNode rows) {
    List<Plot.Point> points = new ArrayList<>();
    for (JsonNode row : rows) {
      double measured = JsonLines.number(row, "measured_ms");
      double predicted = JsonLines.number(row, "predicted_ms");
      if (measured > 0 && Double.isFinite(measured) && Double.isFinite(predicted)) {
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
