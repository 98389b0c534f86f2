package mos.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import mos.base.CommandWords;
import mos.base.Json;
import mos.console.Durations;
import mos.console.Table;
import mos.results.ComparedModel;
import mos.results.ConstraintResult;
import mos.results.CostUnit;
import mos.results.FrontPoint;
import mos.results.ResultJson;
import mos.results.RunSummary;
import mos.results.TakenFigures;

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
        + taken(summary)
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
    lines.addAll(model(Answer.found(Path.of(out)), data(summary)));
    if (summary.front() != null && !summary.front().isEmpty()) {
      lines.add("another point of the front: mos take " + word(out) + " front/001.yml");
    }
    return String.join("\n", lines);
  }

  /** The data folder that the run read; null where its summary does not tell. */
  private static String data(RunSummary summary) {
    Map<String, Object> settings =
        summary.provenance() == null ? null : summary.provenance().settings();
    return settings == null || settings.get("data") == null
        ? null
        : settings.get("data").toString();
  }

  /** Where a trained model is, and how text is translated with it. */
  private static List<String> model(Answer answer, String data) {
    String folder = word(answer.folder().resolve("model").toString());
    return List.of(
        "model:  " + answer.model(),
        "next:   mos export --path "
            + word(answer.model().toString())
            + " --data "
            + (data == null ? "DATA" : word(data))
            + " --out "
            + folder,
        "        mos generate --path " + folder + " --interactive --plain < TEXT");
  }

  private static String word(String path) {
    return CommandWords.quote(path);
  }

  /** A taken answer beside what the run found. */
  static String of(Path out, TakenFigures taken) {
    RunSummary summary = ResultJson.read(out.resolve(RunSummary.FILE_NAME), RunSummary.class);
    List<String> lines = new ArrayList<>();
    if (!taken.constraints().all().isEmpty()) {
      lines.add(taken.constraints().describe());
    }
    lines.add("report: " + out + "/report.html");
    lines.addAll(model(Answer.taken(out, taken.name()), data(summary)));
    return taken(summary) + String.join("\n", lines);
  }

  /** What was taken beside what was found; empty where nothing was. */
  private static String taken(RunSummary summary) {
    if (summary.others().isEmpty()) {
      return "";
    }
    Table table = Table.of("model", "from", "limit", ">latency", ">parameters", ">BLEU, test");
    table.row(
        "found",
        "search",
        summary.constraints().all().stream()
            .map(ConstraintResult::limitText)
            .collect(Collectors.joining(", ")),
        number(summary.latency().latencyMs(), "%.2f ms"),
        number(summary.counts().params(), "%,.0f"),
        number(summary.bleu().finished(), "%.2f"));
    for (TakenFigures one : summary.others()) {
      table.row(
          one.folder(),
          one.origin(),
          one.constraints().all().stream()
              .map(c -> c.limitText() + (c.met() ? "" : " NOT MET"))
              .collect(Collectors.joining(", ")),
          number(one.latency().latencyMs(), "%.2f ms"),
          number(one.counts().params(), "%,.0f"),
          number(one.bleu().finished(), "%.2f"));
    }
    return table + "\n";
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
