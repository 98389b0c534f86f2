package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.console.Numbers;

/**
 * The search: its picture, its front and other ways to choose. The front is the one that a search
 * for it measured again, else that of the candidates as they were.
 */
final class SearchSection {
  private static final int MOST_ROWS = 12;

  private final OutputFolder folder;
  private final List<Candidate> points = new ArrayList<>();
  private final List<String> files = new ArrayList<>();
  private final List<String> within = new ArrayList<>();
  private final StringBuilder out = new StringBuilder();

  private SearchSection(OutputFolder folder) {
    this.folder = folder;
    points.addAll(folder.frontPoints());
    for (JsonNode point : folder.front().path("points")) {
      files.add(JsonLines.text(point, "file"));
      JsonNode said = point.path("within");
      within.add(!said.isBoolean() ? Numbers.NONE : said.asBoolean() ? "✓" : "✗");
    }
    if (files.size() != points.size()) {
      files.clear();
    }
    if (points.isEmpty()) {
      points.addAll(Candidate.paretoFront(folder.candidates()));
    }
  }

  static String html(OutputFolder folder) {
    SearchSection section = new SearchSection(folder);
    List<Candidate> candidates = folder.candidates();
    if (candidates.isEmpty()) {
      section.out.append(Html.absent("No candidates (search/candidates.jsonl) in this folder."));
    } else {
      JsonNode settings = folder.summary().path("provenance").path("settings");
      boolean bleu = JsonLines.text(settings, "fitness").equals("bleu");
      double limit = RunSummary.of(folder.summary()).limitIn(section.unit());
      if (Double.isNaN(limit)) {
        limit = JsonLines.number(folder.front(), "constraint");
      }
      double margin =
          candidates.get(0).timed() ? JsonLines.number(settings, "latency-margin") : Double.NaN;
      SearchPlot plot =
          new SearchPlot(
              candidates,
              folder.chosen(),
              Candidate.paretoFront(section.points),
              limit,
              margin > 0 ? limit * (1 - margin / 100) : Double.NaN,
              bleu ? "100 − BLEU" : "loss");
      section.out.append("<div class=\"half\">\n").append(plot.html()).append("</div>\n");
      section.frontTable();
    }
    section.baselines();
    return section.out.toString();
  }

  private String unit() {
    return folder.candidates().isEmpty() ? "ms" : folder.candidates().get(0).unit();
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
      Candidate c = points.get(i);
      List<String> cells =
          new ArrayList<>(
              List.of(
                  Numbers.significant(c.cost(), 3),
                  Numbers.fixed(c.loss(), 3),
                  Numbers.si(c.params()),
                  Numbers.si(c.flops())));
      if (!files.isEmpty()) {
        cells.add(within.get(i));
        cells.add(files.get(i).replaceFirst("^front/", ""));
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
    Candidate chosen = folder.chosen();
    for (Map.Entry<String, JsonNode> one : folder.summary().path("baselines").properties()) {
      JsonNode figures = one.getValue();
      double latency = JsonLines.number(figures, "latency_ms");
      boolean ms = unit().equals("ms") && Double.isFinite(latency);
      double loss = JsonLines.number(figures, "loss");
      // The same loss to the last digit is the same model, which has one latency on the page.
      double cost =
          chosen != null && chosen.loss() == loss
              ? chosen.cost()
              : ms ? latency : JsonLines.number(figures, "cost");
      String none = JsonLines.text(figures, "none");
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
