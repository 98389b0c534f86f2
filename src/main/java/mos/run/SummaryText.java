package mos.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.base.Json;
import mos.console.Durations;
import mos.console.Table;
import mos.results.ComparedModel;
import mos.results.CostUnit;
import mos.results.FrontPoint;
import mos.results.RunSummary;

/** A summary for a terminal. */
final class SummaryText {
  private static final int FRONT_ROWS = 12;

  private SummaryText() {}

  static String of(RunSummary summary) {
    Table times = Table.of("stage", ">time");
    summary
        .seconds()
        .forEach(
            (stage, seconds) -> times.row(stage.replace('_', ' '), Durations.ofSeconds(seconds)));
    Table figures = Table.of("found SubTransformer", ">");
    summary
        .architecture()
        .forEach(
            (key, value) ->
                figures.row(
                    key.replace("-subtransformer", "").replace("-all", ""), Json.line(value)));
    figures.row("latency", number(summary.latency().latencyMs(), "%.2f ms"));
    figures.row("parameters", number(summary.counts().params(), "%,.0f"));
    figures.row("FLOPs", number(summary.counts().flops(), "%,.0f"));
    score(figures, "bleu", summary.bleu().inherited(), summary.bleu().finished());
    score(figures, "sacrebleu", summary.sacrebleu().inherited(), summary.sacrebleu().finished());
    score(figures, "chrf", summary.chrf().inherited(), summary.chrf().finished());
    return times
        + "\n"
        + figures
        + "\n"
        + compared(summary.comparison())
        + front(summary.front())
        + summary.constraints().describe()
        + "\n"
        + places(summary);
  }

  /** The found one beside the largest and, where it was trained, a Transformer base. */
  private static String compared(Map<String, ComparedModel> models) {
    if (models == null || models.isEmpty()) {
      return "";
    }
    Table table =
        Table.of("compared", "weights", ">BLEU", ">p50 ms", ">p95 ms", ">tokens/s", ">MiB");
    models.forEach(
        (name, model) ->
            table.row(
                name,
                model.weights(),
                number(model.bleu(), "%.2f"),
                number(model.latencyP50Ms(), "%.2f"),
                number(model.latencyP95Ms(), "%.2f"),
                number(model.tokensPerSecond(), "%,.0f"),
                number(model.peakMemoryMb(), "%,.0f")));
    return table
        + "p50, p95: test sentences one at a time; tokens/s in batches; MiB: most memory meanwhile\n\n";
  }

  private static void score(Table figures, String name, Double inherited, Double finished) {
    figures.row(
        name + ", inherited → final", number(inherited, "%.2f") + " → " + number(finished, "%.2f"));
  }

  /** Where the results are, and what to do when the constraint is not met. */
  private static String places(RunSummary summary) {
    String out = summary.outputDir();
    List<String> lines = new ArrayList<>();
    if (!summary.constraints().met()) {
      String when =
          summary.constraints().missedUnderLoad() ? " when the machine has less other work" : "";
      lines.add("to measure again" + when + ": mos remeasure " + out);
    }
    lines.add("report: " + out + "/report.html");
    lines.add("model:  " + out + "/subtransformer/checkpoint_best.safetensors");
    lines.add("next:   mos export --path MODEL --data DATA --out FOLDER, then mos generate");
    return String.join("\n", lines);
  }

  /** The points of a front, not more than fit a screen. */
  private static String front(List<FrontPoint> points) {
    if (points == null || points.isEmpty()) {
      return "";
    }
    CostUnit unit = points.get(0).costUnit();
    Table table = Table.of("front", ">loss", ">" + unit, "", "file");
    int step = (points.size() + FRONT_ROWS - 1) / FRONT_ROWS;
    for (int i = 0; i < points.size(); i += step) {
      FrontPoint point = points.get(i);
      table.row(
          "point " + point.point(),
          number(point.loss(), "%.4f"),
          number(point.cost(), "%.4g"),
          point.within() ? "within the constraint" : "",
          "search/" + point.file());
    }
    String some = step == 1 ? "" : "every " + step + ". of ";
    return table + some + points.size() + " points, all in search/front.csv\n\n";
  }

  private static String number(Number value, String format) {
    return value == null ? "none" : String.format(Locale.ROOT, format, value.doubleValue());
  }
}
