package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import mos.console.Durations;
import mos.console.Numbers;

/** The table of a comparison: a column of figures for each run. */
final class ComparisonFigures {
  private ComparisonFigures() {}

  static void html(List<ComparedRun> runs, StringBuilder out) {
    Map<String, Function<JsonNode, String>> rows = new LinkedHashMap<>();
    rows.put("task", s -> orNone(JsonLines.text(s, "task")));
    rows.put("sharing", s -> orNone(JsonLines.text(s, "mos_type")));
    rows.put("experts", s -> orNone(JsonLines.text(s, "max_experts")));
    rows.put("BLEU, tokenised, test", s -> fixed(s, "bleu", "final"));
    rows.put("the same, inherited weights", s -> fixed(s, "bleu", "inherited"));
    rows.put("sacreBLEU, test", s -> fixed(s, "sacrebleu", "final"));
    rows.put("chrF, test", s -> fixed(s, "chrf", "final"));
    rows.put("constraint met", ComparisonFigures::verdict);
    rows.put("limit", ComparisonFigures::limits);
    rows.put("latency, ms", s -> Numbers.significant(JsonLines.number(s, "latency_ms"), 3));
    rows.put("times as fast as the largest", s -> Numbers.fixed(RunSummary.of(s).speedUp(), 2));
    rows.put("parameters", s -> Numbers.si(JsonLines.number(s, "params")));
    rows.put("FLOPs", s -> Numbers.si(JsonLines.number(s, "flops")));
    rows.put(
        "supernet, valid loss",
        s -> Numbers.fixed(JsonLines.number(s, "supernet", "valid_loss"), 3));
    rows.put(
        "supernet, updates", s -> Numbers.fixed(JsonLines.number(s, "supernet", "updates"), 0));
    rows.put("all stages", s -> time(StagesSection.total(s)));
    rows.put("device", s -> orNone(JsonLines.text(s, "provenance", "device")));
    rows.put("version", s -> orNone(JsonLines.text(s, "provenance", "version")));
    rows.put("seed", s -> orNone(JsonLines.text(s, "provenance", "seed")));
    List<String> header = new ArrayList<>(List.of("Figure"));
    runs.forEach(run -> header.add(">" + run.name()));
    HtmlTable table = new HtmlTable("runs", header.toArray(String[]::new));
    rows.forEach(
        (name, value) -> {
          List<String> cells = new ArrayList<>(List.of(name));
          runs.forEach(run -> cells.add(value.apply(run.folder().summary())));
          if (cells.subList(1, cells.size()).stream().anyMatch(c -> !c.startsWith(Numbers.NONE))) {
            table.row(cells.toArray(String[]::new));
          }
        });
    out.append("<section id=\"figures\">\n").append(Html.element("h2", "Figures"));
    out.append(table.isEmpty() ? Html.absent("No run has finished.") : table.html(""));
    out.append("</section>\n");
  }

  private static String verdict(JsonNode summary) {
    return switch (RunSummary.of(summary).verdict()) {
      case MET -> "✓ yes";
      case MISSED -> "✗ NO";
      case UNKNOWN -> Numbers.NONE;
    };
  }

  private static String limits(JsonNode summary) {
    List<String> all = new ArrayList<>();
    for (ConstraintResult one : ConstraintResult.of(summary)) {
      all.add(one.name() + " " + one.limitInWords());
    }
    return orNone(String.join(", ", all));
  }

  private static String fixed(JsonNode summary, String metric, String which) {
    return Numbers.fixed(JsonLines.number(summary, metric, which), 2);
  }

  private static String time(double seconds) {
    return seconds > 0 ? Durations.ofSeconds(seconds) : Numbers.NONE;
  }

  private static String orNone(String text) {
    return text.isEmpty() ? Numbers.NONE : text;
  }
}
