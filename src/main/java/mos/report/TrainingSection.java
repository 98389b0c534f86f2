package mos.report;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** Training curves: loss with validations, learning rate and speed of every training. */
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
      out.append("\n<div class=\"columns\">\n<figure>\n");
      loss(run, out);
      out.append("</figure>\n<figure>\n");
      small(
          new Plot(
                  run.name() + ": learning rate",
                  "Learning rate over the updates.",
                  WIDTH,
                  LOW,
                  "update",
                  "learning rate")
              .fromZero()
              .line("fourth", "learning rate", run.curve(TrainingRun.Update::learningRate)),
          out);
      small(
          new Plot(
                  run.name() + ": speed",
                  "Training speed over the updates.",
                  WIDTH,
                  LOW,
                  "update",
                  "tokens per second")
              .fromZero()
              .line("fourth", "tokens per second", run.curve(TrainingRun.Update::tokensPerSecond)),
          out);
      out.append("</figure>\n</div>\n");
    }
    return out.toString();
  }

  private static void loss(TrainingRun run, StringBuilder out) {
    String last = Numbers.count(run.lastUpdate());
    Plot plot =
        new Plot(
                run.name() + ": loss",
                "Loss per token over " + last + " updates, in training and validation.",
                WIDTH,
                TALL,
                "update",
                "loss per token")
            .line("first", "training loss", run.curve(TrainingRun.Update::loss));
    StringBuilder legend = new StringBuilder(Plot.legend("first", "training"));
    for (Map.Entry<String, SortedMap<Long, TrainingRun.Validation>> entry :
        run.validations().entrySet()) {
      String name = "valid, " + entry.getKey();
      String colour = COLOURS.getOrDefault(entry.getKey(), "fourth");
      List<Plot.Point> points =
          entry.getValue().entrySet().stream()
              .map(v -> point(name, v.getKey(), v.getValue()))
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

  private static Plot.Point point(String name, long update, TrainingRun.Validation v) {
    String title =
        name
            + ", update "
            + Numbers.count(update)
            + ": loss "
            + Numbers.fixed(v.loss(), 3)
            + (Double.isFinite(v.perplexity())
                ? ", perplexity " + Numbers.fixed(v.perplexity(), 2)
                : "");
    return new Plot.Point(update, v.loss(), title);
  }

  private static void small(Plot plot, StringBuilder out) {
    if (!plot.isEmpty()) {
      out.append(plot.svg());
    }
  }
}
