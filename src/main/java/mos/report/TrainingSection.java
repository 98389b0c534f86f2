package mos.report;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import mos.console.Numbers;
import mos.results.LossFigures;
import mos.results.MetricsLine.Step;

/**
 * Training curves: loss with validations, learning rate and speed of every training. What has one
 * point only is a sentence and no chart.
 */
final class TrainingSection {
  private static final double WIDTH = 520;
  private static final double TALL = 340;
  private static final double LOW = 166;
  private static final Map<String, String> COLOURS =
      Map.of("largest", "second", "smallest", "third", "subtransformer", "second");

  private TrainingSection() {}

  static String html(OutputFolder folder) {
    StringBuilder out = new StringBuilder();
    if (folder.runs().isEmpty()) {
      out.append(Html.absent("No training figures (metrics.jsonl) in this folder."));
    }
    for (TrainingRun run : folder.runs()) {
      out.append(Html.element("h3", run.name()));
      List<Plot.Point> losses = run.curve(Step::loss);
      long validations = run.validations().values().stream().mapToInt(Map::size).max().orElse(0);
      if (losses.size() < 2 && validations < 2) {
        out.append(Html.element("p", sentence(run, losses))).append('\n');
        continue;
      }
      out.append("\n<div class=\"columns\">\n<figure>\n");
      loss(run, losses, out);
      out.append("</figure>\n<figure>\n");
      small(run, "learning rate", run.curve(Step::lr), out);
      small(run, "tokens per second", run.curve(Step::tokensPerSecond), out);
      out.append("</figure>\n</div>\n");
    }
    return out.toString();
  }

  private static String sentence(TrainingRun run, List<Plot.Point> losses) {
    StringBuilder text = new StringBuilder();
    losses.forEach(
        p ->
            text.append("Update ")
                .append(Numbers.count((long) p.x()))
                .append(": training loss ")
                .append(Numbers.fixed(p.y(), 3))
                .append(". "));
    run.validations()
        .forEach(
            (name, all) ->
                all.forEach((update, v) -> text.append(title(name(name), update, v)).append(". ")));
    return text.append("One point makes no curve.").toString();
  }

  private static String name(String validated) {
    return "valid, " + validated;
  }

  private static void loss(TrainingRun run, List<Plot.Point> losses, StringBuilder out) {
    String last = Numbers.count(run.lastUpdate());
    Plot plot =
        new Plot(
                run.name() + ": loss",
                "Loss per token over " + last + " updates, in training and validation.",
                WIDTH,
                TALL,
                "update",
                "loss per token")
            .line("first", "training loss", losses);
    StringBuilder legend = new StringBuilder(Plot.legend("first", "training"));
    for (Map.Entry<String, SortedMap<Long, LossFigures>> entry : run.validations().entrySet()) {
      String name = name(entry.getKey());
      String colour = COLOURS.getOrDefault(entry.getKey(), "fourth");
      List<Plot.Point> points =
          entry.getValue().entrySet().stream()
              .map(
                  v ->
                      new Plot.Point(
                          v.getKey(), v.getValue().loss(), title(name, v.getKey(), v.getValue())))
              .toList();
      plot.line(colour, name, points);
      // Hundreds of markers would hide the line.
      if (points.size() <= 100) {
        plot.points("dots " + colour, 3, points);
      }
      double lastLoss = entry.getValue().get(entry.getValue().lastKey()).loss();
      legend.append(Plot.legend(colour, name + ": " + Numbers.fixed(lastLoss, 3)));
    }
    out.append(plot.svg());
    out.append("<figcaption>").append(legend).append("</figcaption>\n");
  }

  private static String title(String name, long update, LossFigures v) {
    return name
        + ", update "
        + Numbers.count(update)
        + ": loss "
        + Numbers.fixed(v.loss(), 3)
        + ", perplexity "
        + Numbers.fixed(v.ppl(), 2);
  }

  private static void small(
      TrainingRun run, String what, List<Plot.Point> points, StringBuilder out) {
    if (points.isEmpty()) {
      return;
    }
    if (points.size() == 1) {
      String value = Numbers.significant(points.get(0).y(), 3);
      String words =
          "At update " + Numbers.count((long) points.get(0).x()) + ": " + what + " " + value;
      out.append(Html.element("p", "caption", words + ".")).append('\n');
      return;
    }
    out.append(
        new Plot(run.name() + ": " + what, what + " over the updates.", WIDTH, LOW, "update", what)
            .fromZero()
            .line("fourth", what, points)
            .svg());
  }
}
