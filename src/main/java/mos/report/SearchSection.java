package mos.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.console.Numbers;
import mos.results.BaselineFigures;
import mos.results.CostUnit;
import mos.results.FrontPoint;

/**
 * The search: its picture, its front and other ways to choose. The front is the one that a search
 * for it measured again, else that of the candidates as they were.
 */
final class SearchSection {
  private static final int MOST_ROWS = 12;

  private final OutputFolder folder;
  private final List<SearchPoint> points = new ArrayList<>();
  private final List<FrontPoint> files;
  private final StringBuilder out = new StringBuilder();

  private SearchSection(OutputFolder folder) {
    this.folder = folder;
    points.addAll(folder.frontPoints());
    files = folder.frontFiles();
    if (points.isEmpty()) {
      points.addAll(SearchPoint.front(folder.candidates()));
    }
  }

  static String html(OutputFolder folder) {
    SearchSection section = new SearchSection(folder);
    List<SearchPoint> candidates = folder.candidates();
    if (candidates.isEmpty()) {
      section.out.append(Html.absent("No candidates (search/candidates.jsonl) in this folder."));
    } else {
      RunFigures run = folder.run();
      boolean bleu = run.setting("fitness").equals("bleu");
      double limit = run.limitIn(section.unit());
      if (Double.isNaN(limit) && folder.front() != null) {
        limit = Known.figure(folder.front().constraint());
      }
      double margin = section.unit().timed() ? run.number("latency-margin") : Double.NaN;
      SearchPlot plot =
          new SearchPlot(
              candidates,
              folder.chosen(),
              SearchPoint.front(section.points),
              limit,
              margin > 0 ? limit * (1 - margin / 100) : Double.NaN,
              bleu ? "100 − BLEU" : "loss");
      section.out.append("<div class=\"half\">\n").append(plot.html()).append("</div>\n");
      section.frontTable();
    }
    section.baselines();
    return section.out.toString();
  }

  private CostUnit unit() {
    return folder.candidates().isEmpty() ? CostUnit.MS : folder.candidates().get(0).unit();
  }

  private String costHeader() {
    String axis = SearchPlot.axis(unit());
    return ">" + axis.substring(0, 1).toUpperCase(Locale.ROOT) + axis.substring(1);
  }

  private void frontTable() {
    List<String> headers = new ArrayList<>(List.of(costHeader(), ">Loss", ">Parameters", ">FLOPs"));
    if (!files.isEmpty()) {
      headers.add("Fits");
      headers.add("File");
    }
    HtmlTable table = new HtmlTable("front", headers.toArray(String[]::new));
    // Those with a file are all told; else a long front is thinned.
    int step = files.isEmpty() ? Math.max(1, (points.size() + MOST_ROWS - 1) / MOST_ROWS) : 1;
    for (int i = points.size() - 1; i >= 0; i -= step) {
      SearchPoint c = points.get(i);
      List<String> cells =
          new ArrayList<>(
              List.of(
                  Numbers.significant(c.cost(), 3),
                  Numbers.fixed(c.loss(), 3),
                  Numbers.si(c.params()),
                  Numbers.si(c.flops())));
      if (!files.isEmpty()) {
        cells.add(files.get(i).within() ? "✓" : "✗");
        cells.add(Known.text(files.get(i).file()).replaceFirst("^front/", ""));
      }
      table.row(cells.toArray(String[]::new));
    }
    out.append("<h3>Front</h3>\n");
    out.append(table.html(step > 1 ? "Every " + ordinal(step) + " point of the Pareto front" : ""));
    if (!files.isEmpty()) {
      String words = "Fits: within the limit. The files, one architecture each, are in ";
      out.append("<p class=\"caption\">").append(words);
      out.append(Html.element("code", folder.path().resolve("search/front").toString()));
      out.append(".</p>\n");
    }
  }

  private void baselines() {
    HtmlTable table = new HtmlTable("", "Way to choose", ">Loss", costHeader());
    SearchPoint chosen = folder.chosen();
    for (Map.Entry<String, BaselineFigures> one : folder.run().baselines().entrySet()) {
      BaselineFigures figures = one.getValue();
      double latency = Known.figure(figures.latencyMs());
      boolean ms = unit() == CostUnit.MS && Double.isFinite(latency);
      double loss = Known.figure(figures.loss());
      // The same loss to the last digit is the same model, which has one latency on the page.
      double cost =
          chosen != null && chosen.loss() == loss
              ? chosen.cost()
              : ms ? latency : Known.figure(figures.cost());
      String none = Known.text(figures.none());
      table.row(
          none.isEmpty() ? one.getKey() : one.getKey() + ": " + none,
          Numbers.fixed(loss, 3),
          Numbers.significant(cost, 3));
    }
    if (table.isEmpty()) {
      return;
    }
    if (chosen != null) {
      table.row(
          "this search", Numbers.fixed(chosen.loss(), 3), Numbers.significant(chosen.cost(), 3));
    }
    out.append("<h3>Other ways to choose, same constraint</h3>\n").append(table.html(""));
  }

  private static String ordinal(int number) {
    return number == 2 ? "second" : number == 3 ? "third" : number + "th";
  }
}
