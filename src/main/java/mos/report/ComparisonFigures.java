package mos.report;

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
    Map<String, Function<RunFigures, String>> rows = new LinkedHashMap<>();
    rows.put("task", r -> orNone(r.summary().task()));
    rows.put("sharing", r -> orNone(r.summary().mosType()));
    rows.put("experts", r -> orNone(r.summary().maxExperts()));
    rows.put("BLEU, tokenised, test", r -> fixed(r.bleuScores().finished(), 2));
    rows.put("the same, inherited weights", r -> fixed(r.bleuScores().inherited(), 2));
    rows.put("sacreBLEU, test", r -> fixed(r.sacreBleu().finished(), 2));
    rows.put("chrF, test", r -> fixed(r.chrf().finished(), 2));
    rows.put("constraint met", ComparisonFigures::verdict);
    rows.put("limit", ComparisonFigures::limits);
    rows.put("latency, ms", r -> Numbers.significant(r.latencyMs(), 3));
    rows.put("times as fast as the largest", r -> Numbers.fixed(r.speedUp(), 2));
    rows.put("parameters", r -> Numbers.si(r.params()));
    rows.put("FLOPs", r -> Numbers.si(r.flops()));
    rows.put("supernet, valid loss", r -> fixed(r.supernet().validLoss(), 3));
    rows.put("supernet, updates", r -> fixed(r.supernet().updates(), 0));
    rows.put("all stages", r -> time(r.seconds()));
    rows.put("device", r -> orNone(r.provenance().device()));
    rows.put("version", r -> orNone(r.provenance().version()));
    rows.put("seed", r -> orNone(r.setting("seed")));
    List<String> header = new ArrayList<>(List.of("Figure"));
    runs.forEach(run -> header.add(">" + run.name()));
    HtmlTable table = new HtmlTable("runs", header.toArray(String[]::new));
    rows.forEach(
        (name, value) -> {
          List<String> cells = new ArrayList<>(List.of(name));
          runs.forEach(run -> cells.add(value.apply(run.folder().run())));
          if (cells.subList(1, cells.size()).stream().anyMatch(c -> !c.startsWith(Numbers.NONE))) {
            table.row(cells.toArray(String[]::new));
          }
        });
    out.append("<section id=\"figures\">\n").append(Html.element("h2", "Figures"));
    out.append(table.isEmpty() ? Html.absent("No run has finished.") : table.html(""));
    out.append("</section>\n");
  }

  private static String verdict(RunFigures run) {
    return switch (run.verdict()) {
      case MET -> "✓ yes";
      case MISSED -> "✗ NO";
      case UNKNOWN -> Numbers.NONE;
    };
  }

  private static String limits(RunFigures run) {
    List<String> all = new ArrayList<>();
    for (ConstraintWords one : run.constraints()) {
      all.add(one.name() + " " + one.limitInWords());
    }
    return orNone(String.join(", ", all));
  }

  private static String fixed(Number figure, int digits) {
    return Numbers.fixed(Known.figure(figure), digits);
  }

  private static String time(double seconds) {
    return seconds > 0 ? Durations.ofSeconds(seconds) : Numbers.NONE;
  }

  private static String orNone(Object said) {
    String text = Known.text(said);
    return text.isEmpty() ? Numbers.NONE : text;
  }
}
