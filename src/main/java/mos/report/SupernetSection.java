package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import mos.console.Numbers;

/** Inherited against standalone quality of random SubTransformers, where it was evaluated. */
final class SupernetSection {
  private static final double SIZE = 460;

  private SupernetSection() {}

  static String html(OutputFolder folder) {
    JsonNode evaluation = folder.evaluation();
    List<Plot.Point> points = points(evaluation.path("architectures"));
    if (points.isEmpty()) {
      return Html.absent(
          "Not evaluated (evaluate-supernet --evaluation-dir …/supernet-evaluation).");
    }
    boolean bleu = JsonLines.text(evaluation, "fitness").equals("bleu");
    String value = bleu ? "100 − BLEU" : "validation loss";
    Plot plot =
        new Plot(
            "Inherited and standalone",
            Numbers.count(points.size()) + " random SubTransformers.",
            SIZE,
            SIZE,
            "standalone " + value,
            "inherited " + value);
    plot.points("candidates g3", 4, points).diagonal("limit", "inherited = standalone");
    StringBuilder out = new StringBuilder("<div class=\"square\">\n<figure>\n");
    out.append(plot.svg()).append("<figcaption>");
    out.append(Plot.legend("dot g3", "SubTransformer"));
    out.append(Plot.legend("limit", "inherited = standalone")).append("</figcaption>\n");
    out.append("</figure>\n<div>\n");
    HtmlTable table = new HtmlTable("", "Agreement", ">Value", ">95% interval");
    row(table, "mean absolute error", evaluation, "mae");
    row(table, "Kendall’s tau", evaluation, "kendall_tau");
    row(table, "tau of decoder depth alone", evaluation, "kendall_tau_decoder_depth");
    String updates = Numbers.fixed(JsonLines.number(evaluation, "updates"), 0);
    table.row("updates of each standalone training", updates, "");
    out.append(table.html(""));
    return out.append("</div>\n</div>\n").toString();
  }

  private static void row(HtmlTable table, String name, JsonNode evaluation, String key) {
    JsonNode interval = evaluation.path(key + "_95");
    table.row(
        name,
        Numbers.fixed(JsonLines.number(evaluation, key), 3),
        Numbers.fixed(bound(interval, 0), 3) + " to " + Numbers.fixed(bound(interval, 1), 3));
  }

  private static double bound(JsonNode interval, int index) {
    return interval.path(index).isNumber() ? interval.path(index).asDouble() : Double.NaN;
  }

  private static List<Plot.Point> points(JsonNode architectures) {
    List<Plot.Point> points = new ArrayList<>();
    for (JsonNode one : architectures) {
      double inherited = JsonLines.number(one, "inherited");
      double standalone = JsonLines.number(one, "standalone");
      if (Double.isFinite(inherited) && Double.isFinite(standalone)) {
        String title =
            JsonLines.text(one, "decoder_layers")
                + " decoder layers, inherited "
                + Numbers.fixed(inherited, 3)
                + ", standalone "
                + Numbers.fixed(standalone, 3);
        points.add(new Plot.Point(standalone, inherited, title));
      }
    }
    return points;
  }
}
