package mos.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import mos.base.AtomicFile;
import mos.console.Numbers;
import mos.results.CostUnit;
import mos.results.LossFigures;

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

  private ComparisonPage() {}

  /**
   * Writes the page.
   *
   * @param folders output folders, 2 to {@link #MOST_RUNS}
   * @throws mos.base.ConfigurationException when one is no folder or holds no known file
   * @throws mos.base.MosException when the page cannot be written
   */
  public static void write(List<Path> folders, Path page) {
    List<ComparedRun> runs = new ArrayList<>();
    for (Path folder : folders) {
      runs.add(new ComparedRun(folder.toString(), OutputFolder.read(folder)));
    }
    AtomicFile.writeString(page, html(runs));
  }

  private static String html(List<ComparedRun> runs) {
    StringBuilder out = new StringBuilder(1 << 15);
    Page.head("MoS: runs side by side", out);
    out.append("<header>\n<p class=\"kicker\">Mixture-of-Supernets</p>\n");
    out.append(Html.element("h1", "Runs side by side")).append("\n<p class=\"facts\">");
    for (int i = 0; i < runs.size(); i++) {
      out.append(Plot.legend(COLOURS.get(i), runs.get(i).name()));
    }
    out.append("</p>\n");
    ComparisonWarnings.html(runs, out);
    out.append("</header>\n<main>\n");
    ComparisonFigures.html(runs, out);
    fronts(runs, out);
    losses(runs, out);
    architectures(runs, out);
    out.append("</main>\n");
    Page.end(out);
    return out.toString();
  }

  private static void fronts(List<ComparedRun> runs, StringBuilder out) {
    Map<CostUnit, List<Integer>> byUnit = new LinkedHashMap<>();
    for (int i = 0; i < runs.size(); i++) {
      List<SearchPoint> candidates = runs.get(i).folder().candidates();
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
          String axis = SearchPlot.axis(unit);
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
                SearchPoint.front(runs.get(i).folder().candidates()).stream()
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

  private static void losses(List<ComparedRun> runs, StringBuilder out) {
    StringBuilder plots = new StringBuilder();
    for (String training : List.of("SuperTransformer", "SubTransformer")) {
      String loss = training.equals("SubTransformer") ? "valid loss" : "valid loss, largest";
      Map<Integer, List<Plot.Point>> lines = new LinkedHashMap<>();
      for (int i = 0; i < runs.size(); i++) {
        for (TrainingRun run : runs.get(i).folder().runs()) {
          if (run.name().equals(training) && !run.validations().isEmpty()) {
            lines.put(i, points(run));
          }
        }
      }
      if (!lines.isEmpty()) {
        plots.append("<div>\n").append(Html.element("h3", training)).append('\n');
        training(training, loss, runs, lines, plots);
        plots.append("</div>\n");
      }
    }
    if (!plots.isEmpty()) {
      out.append("<section id=\"training\">\n").append(Html.element("h2", "Training"));
      out.append("<div class=\"columns\">\n").append(plots).append("</div>\n</section>\n");
    }
  }

  /** A chart, or a table where no run has more than one validation. */
  private static void training(
      String training,
      String loss,
      List<ComparedRun> runs,
      Map<Integer, List<Plot.Point>> lines,
      StringBuilder out) {
    if (lines.values().stream().allMatch(points -> points.size() < 2)) {
      HtmlTable table = new HtmlTable("runs", "Run, validated once", ">update", ">" + loss);
      lines.forEach(
          (i, points) ->
              points.forEach(
                  p ->
                      table.row(
                          runs.get(i).name(), Numbers.fixed(p.x(), 0), Numbers.fixed(p.y(), 3))));
      out.append(table.html(""));
      return;
    }
    Plot plot = new Plot(training, "Validation loss by update.", 520, 320, "update", loss);
    lines.forEach(
        (i, points) -> {
          plot.line(COLOURS.get(i), runs.get(i).name(), points);
          plot.points("dots " + COLOURS.get(i), 3, points.size() <= 100 ? points : List.of());
        });
    out.append("<figure>\n").append(plot.svg());
    legend(runs, List.copyOf(lines.keySet()), out);
  }

  /** Losses of the largest SubTransformer where it was validated, else of the only one. */
  private static List<Plot.Point> points(TrainingRun run) {
    SortedMap<Long, LossFigures> validations = run.validations().get("largest");
    if (validations == null) {
      validations = run.validations().values().iterator().next();
    }
    List<Plot.Point> points = new ArrayList<>();
    validations.forEach(
        (update, v) ->
            points.add(
                new Plot.Point(
                    update, v.loss(), "update " + update + ": " + Numbers.fixed(v.loss(), 3))));
    return points;
  }

  private static void architectures(List<ComparedRun> runs, StringBuilder out) {
    if (runs.stream().allMatch(run -> run.folder().architecture() == null)) {
      return;
    }
    out.append("<section id=\"architectures\">\n");
    out.append(Html.element("h2", "Found SubTransformers"));
    int widest =
        runs.stream()
            .filter(run -> run.folder().architecture() != null)
            .mapToInt(run -> ArchitectureDrawing.widest(run.folder().architecture()))
            .max()
            .orElseThrow();
    for (ComparedRun run : runs) {
      if (run.folder().architecture() != null) {
        out.append("<figure>\n").append(Html.element("h3", run.name()));
        out.append(ArchitectureDrawing.svg(run.folder().architecture(), widest));
        out.append("</figure>\n");
      }
    }
    out.append(Html.element("p", "caption", "All drawings have the same scale."));
    out.append("</section>\n");
  }

  private static void legend(List<ComparedRun> runs, List<Integer> indices, StringBuilder out) {
    out.append("<figcaption>");
    indices.forEach(i -> out.append(Plot.legend(COLOURS.get(i), runs.get(i).name())));
    out.append("</figcaption>\n</figure>\n");
  }
}
