package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import mos.base.AtomicFile;

/**
 * Runs side by side: a column of figures for each, their architectures, the fronts of their
 * searches and their validation losses in shared axes. What a run lacks is a dash.
 */
public final class ComparisonPage {
  /** Name of the page where no other is asked for. */
  public static final String FILE_NAME = "comparison.html";

  /** More are not told apart by colour. */
  public static final int MOST_RUNS = 4;

  private static final List<String> COLOURS = List.of("first", "second", "third", "fourth");

  private record Run(String name, OutputFolder folder) {}

  private ComparisonPage() {}

  /**
   * Writes the page.
   *
   * @param folders output folders, 2 to {@link #MOST_RUNS}
   * @throws mos.base.ConfigurationException when one is no folder or holds no known file
   * @throws mos.base.MosException when the page cannot be written
   */
  public static void write(List<Path> folders, Path page) {
    List<Run> runs = new ArrayList<>();
    for (Path folder : folders) {
      runs.add(new Run(folder.toString(), OutputFolder.read(folder)));
    }
    AtomicFile.writeString(page, html(runs));
  }

  private static String html(List<Run> runs) {
    StringBuilder out = new StringBuilder(1 << 15);
    ReportPage.head("MoS: runs side by side", out);
    out.append("<header>\n<p class=\"kicker\">Mixture-of-Supernets</p>\n");
    out.append(Html.element("h1", "Runs side by side")).append("\n<p class=\"facts\">");
    for (int i = 0; i < runs.size(); i++) {
      out.append(Plot.legend(COLOURS.get(i), runs.get(i).name()));
    }
    out.append("</p>\n</header>\n<main>\n");
    figures(runs, out);
    fronts(runs, out);
    losses(runs, out);
    architectures(runs, out);
    return out.append("</main>\n</body>\n</html>\n").toString();
  }

  private static void figures(List<Run> runs, StringBuilder out) {
    Map<String, Function<JsonNode, String>> rows = new LinkedHashMap<>();
    rows.put("task", s -> orNone(JsonLines.text(s, "task")));
    rows.put("sharing", s -> orNone(JsonLines.text(s, "mos_type")));
    rows.put("experts", s -> orNone(JsonLines.text(s, "max_experts")));
    rows.put("BLEU, tokenised, test", s -> fixed(s, "bleu", "final"));
    rows.put("the same, inherited weights", s -> fixed(s, "bleu", "inherited"));
    rows.put("sacreBLEU, test", s -> fixed(s, "sacrebleu", "final"));
    rows.put("chrF, test", s -> fixed(s, "chrf", "final"));
    rows.put("latency, ms", s -> Numbers.significant(JsonLines.number(s, "latency_ms"), 3));
    rows.put(
        "constraint, ms",
        s -> Numbers.significant(JsonLines.number(s, "latency_constraint_ms"), 3));
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
    List<String> header = new ArrayList<>(List.of(""));
    runs.forEach(run -> header.add(">" + run.name()));
    HtmlTable table = new HtmlTable("", header.toArray(String[]::new));
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

  private static void fronts(List<Run> runs, StringBuilder out) {
    Map<String, List<Integer>> byUnit = new LinkedHashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      List<Candidate> candidates = runs.get(i).folder().candidates();
      if (!candidates.isEmpty()) {
        byUnit.computeIfAbsent(candidates.get(0).unit(), k -> new ArrayList<>()).add(i);
      }
    }
    if (byUnit.isEmpty()) {
      return;
    }
    out.append("<section id=\"search\">\n").append(Html.element("h2", "Fronts of the searches"));
    byUnit.forEach(
        (unit, indices) -> {
          String axis = unit.equals("ms") ? "latency, ms" : unit;
          Plot plot =
              new Plot(
                  "Pareto fronts",
                  axis + " against validation loss.",
                  720,
                  400,
                  axis,
                  "valid loss");
          for (int i : indices) {
            List<Plot.Point> points =
                Candidate.paretoFront(runs.get(i).folder().candidates()).stream()
                    .map(c -> new Plot.Point(c.cost(), c.loss(), c.describe()))
                    .toList();
            plot.staircase(COLOURS.get(i), runs.get(i).name(), points);
            plot.points("dots " + COLOURS.get(i), 3, points);
          }
          out.append("<figure class=\"half\">\n").append(plot.svg());
          legend(runs, indices, out);
        });
    out.append("</section>\n");
  }

  private static void losses(List<Run> runs, StringBuilder out) {
    StringBuilder plots = new StringBuilder();
    for (String training : List.of("SuperTransformer", "SubTransformer")) {
      String loss = training.equals("SubTransformer") ? "valid loss" : "valid loss, largest";
      Plot plot = new Plot(training, "Validation loss by update.", 520, 320, "update", loss);
      List<Integer> drawn = new ArrayList<>();
      for (int i = 0; i < runs.size(); i++) {
        for (TrainingRun run : runs.get(i).folder().runs()) {
          if (run.name().equals(training) && !run.validations().isEmpty()) {
            plot.line(COLOURS.get(i), runs.get(i).name(), points(run));
            drawn.add(i);
          }
        }
      }
      if (!drawn.isEmpty()) {
        plots.append("<figure>\n").append(Html.element("h3", training)).append(plot.svg());
        legend(runs, drawn, plots);
      }
    }
    if (!plots.isEmpty()) {
      out.append("<section id=\"training\">\n").append(Html.element("h2", "Training"));
      out.append("<div class=\"columns\">\n").append(plots).append("</div>\n</section>\n");
    }
  }

  /** Losses of the largest SubTransformer where it was validated, else of the only one. */
  private static List<Plot.Point> points(TrainingRun run) {
    SortedMap<Long, TrainingRun.Validation> validations = run.validations().get("largest");
    if (validations == null) {
      validations = run.validations().values().iterator().next();
    }
    List<Plot.Point> points = new ArrayList<>();
    validations.forEach((update, v) -> points.add(new Plot.Point(update, v.loss())));
    return points;
  }

  private static void architectures(List<Run> runs, StringBuilder out) {
    if (runs.stream().allMatch(run -> run.folder().architecture() == null)) {
      return;
    }
    out.append("<section id=\"architectures\">\n");
    out.append(Html.element("h2", "Found SubTransformers"));
    for (Run run : runs) {
      if (run.folder().architecture() != null) {
        out.append("<figure>\n").append(Html.element("h3", run.name()));
        out.append(ArchitectureDrawing.svg(run.folder().architecture())).append("</figure>\n");
      }
    }
    out.append("</section>\n");
  }

  private static void legend(List<Run> runs, List<Integer> indices, StringBuilder out) {
    out.append("<figcaption>");
    indices.forEach(i -> out.append(Plot.legend(COLOURS.get(i), runs.get(i).name())));
    out.append("</figcaption>\n</figure>\n");
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
