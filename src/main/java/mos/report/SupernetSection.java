package mos.report;

import java.util.ArrayList;
import java.util.List;
import mos.console.Numbers;
import mos.results.EvaluatedArchitecture;
import mos.results.SupernetEvaluationFigures;

/** Inherited against standalone quality of random SubTransformers, where it was evaluated. */
final class SupernetSection {
  private static final double SIZE = 460;

  private SupernetSection() {}

  static String html(OutputFolder folder) {
    SupernetEvaluationFigures evaluation = folder.evaluation();
    List<Plot.Point> points = points(evaluation);
    if (points.isEmpty()) {
      return Html.absent(
          "Not evaluated (evaluate-supernet --evaluation-dir …/supernet-evaluation).");
    }
    boolean bleu = Known.text(evaluation.fitness()).equals("bleu");
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
    row(table, "mean absolute error", evaluation.mae(), evaluation.maeInterval());
    row(table, "Kendall’s tau", evaluation.kendallTau(), evaluation.kendallTauInterval());
    row(
        table,
        "tau of decoder depth alone",
        evaluation.kendallTauDecoderDepth(),
        evaluation.kendallTauDecoderDepthInterval());
    String updates = Numbers.fixed(evaluation.updates(), 0);
    table.row("updates of each standalone training", updates, "");
    out.append(table.html(""));
    return out.append("</div>\n</div>\n").toString();
  }

  private static void row(HtmlTable table, String name, Double value, List<Double> interval) {
    String low = Numbers.fixed(Known.figure(interval.get(0)), 3);
    String high = Numbers.fixed(Known.figure(interval.get(1)), 3);
    table.row(name, Numbers.fixed(Known.figure(value), 3), low + " to " + high);
  }

  private static List<Plot.Point> points(SupernetEvaluationFigures evaluation) {
    List<Plot.Point> points = new ArrayList<>();
    if (evaluation == null) {
      return points;
    }
    for (EvaluatedArchitecture one : evaluation.architectures()) {
      double inherited = Known.figure(one.inherited());
      double standalone = Known.figure(one.standalone());
      if (Double.isFinite(inherited) && Double.isFinite(standalone)) {
        String title =
            one.decoderLayers()
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
