package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All candidates of the search, cost against loss, with the Pareto front and the chosen one. The
 * front is the one that a search for it measured again, else that of the candidates as they were.
 */
final class SearchSection {
  private static final double WIDTH = 720;
  private static final double HEIGHT = 440;
  private static final int COLOURS = 6;
  private static final int MOST_POINTS = 3000;
  private static final int FINEST = 400;
  private static final int MOST_ROWS = 12;

  private final List<Candidate> candidates;
  private final List<Candidate> front;
  private final List<String> files = new ArrayList<>();
  private final double constraint;
  private final String unit;
  private final String value;
  private final int generations;
  private final StringBuilder out = new StringBuilder();

  private SearchSection(OutputFolder folder) {
    candidates = folder.candidates();
    unit = candidates.isEmpty() ? "ms" : candidates.get(0).unit();
    front = front(folder.front().path("points"));
    value = JsonLines.text(folder.front(), "fitness").equals("bleu") ? "100 − BLEU" : "loss";
    constraint =
        unit.equals("ms")
            ? JsonLines.number(folder.summary(), "latency_constraint_ms")
            : Double.NaN;
    generations = 1 + candidates.stream().mapToInt(Candidate::generation).max().orElse(0);
  }

  private List<Candidate> front(JsonNode points) {
    List<Candidate> found = new ArrayList<>();
    for (JsonNode point : points) {
      if (Candidate.read(point, found)) {
        files.add(JsonLines.text(point, "file"));
      }
    }
    return found.isEmpty() ? Candidate.paretoFront(candidates) : found;
  }

  private String axis() {
    return unit.equals("ms") ? "latency, ms" : unit;
  }

  static String html(OutputFolder folder) {
    SearchSection section = new SearchSection(folder);
    if (section.candidates.isEmpty()) {
      section.out.append(Html.absent("No candidates (search/candidates.jsonl) in this folder."));
    } else {
      section.out.append("<div class=\"wide\">\n<figure>\n");
      section.plot();
      section.out.append("</figure>\n<div>\n");
      section.frontTable();
      section.out.append("</div>\n</div>\n");
    }
    section.baselines(
        folder.summary().path("baselines"),
        JsonLines.number(folder.summary(), "latency_ms_in_search"));
    return section.out.toString();
  }

  private void plot() {
    Plot plot =
        new Plot(
            "Candidates of the evolutionary search",
            Numbers.count(candidates.size()) + " candidates, " + axis() + " against loss.",
            WIDTH,
            HEIGHT,
            axis(),
            "validation " + value);
    List<List<Plot.Point>> byColour = new ArrayList<>();
    for (int i = 0; i < colours(); i++) {
      byColour.add(new ArrayList<>());
    }
    List<Candidate> drawn = thinned();
    drawn.forEach(c -> byColour.get(colour(c.generation())).add(point(c)));
    for (int i = 0; i < byColour.size(); i++) {
      plot.points("candidates g" + shade(i), 3, byColour.get(i));
    }
    plot.staircase("second", "Pareto front", points(front));
    String limit = "constraint " + Numbers.significant(constraint, 3) + " ms";
    plot.verticalLine("line limit", constraint, limit);
    List<Candidate> chosen = candidates.stream().filter(Candidate::chosen).toList();
    List<Candidate> last = chosen.subList(Math.max(0, chosen.size() - 1), chosen.size());
    plot.points("chosen", 7, points(last));
    out.append(plot.svg()).append("<figcaption>");
    for (int i = 0; i < byColour.size(); i++) {
      out.append(Plot.legend("dot g" + shade(i), generationsOf(i)));
    }
    out.append(Plot.legend("second", "Pareto front"));
    out.append(Double.isFinite(constraint) ? Plot.legend("limit", "constraint") : "");
    out.append(last.isEmpty() ? "" : Plot.legend("ring", "chosen")).append("</figcaption>\n");
    caption(drawn.size());
  }

  private void caption(int drawn) {
    long within = candidates.stream().filter(c -> c.cost() <= constraint).count();
    StringBuilder text = new StringBuilder(Numbers.count(candidates.size()));
    text.append(" candidates in ").append(generations);
    text.append(generations == 1 ? " generation" : " generations");
    if (Double.isFinite(constraint)) {
      text.append(", ").append(Numbers.count(within)).append(" within the constraint");
    }
    text.append('.');
    if (drawn < candidates.size()) {
      text.append(" Drawn: ").append(Numbers.count(drawn));
      text.append("; of those that nearly coincide, the latest.");
    }
    out.append(Html.element("p", "caption", text.toString())).append('\n');
  }

  /** One candidate per small cell of the picture, the latest; coarser until few enough remain. */
  private List<Candidate> thinned() {
    List<Candidate> result = candidates;
    for (int cells = FINEST; result.size() > MOST_POINTS; cells = cells * 9 / 10) {
      result = onePerCell(cells);
    }
    return result;
  }

  private List<Candidate> onePerCell(int cells) {
    double lowX = candidates.stream().mapToDouble(Candidate::cost).min().orElse(0);
    double highX = candidates.stream().mapToDouble(Candidate::cost).max().orElse(1);
    double lowY = candidates.stream().mapToDouble(Candidate::loss).min().orElse(0);
    double highY = candidates.stream().mapToDouble(Candidate::loss).max().orElse(1);
    Set<Long> taken = new HashSet<>();
    List<Candidate> kept = new ArrayList<>();
    for (int i = candidates.size() - 1; i >= 0; i--) {
      Candidate c = candidates.get(i);
      long x = Math.round((c.cost() - lowX) / Math.max(1e-9, highX - lowX) * cells);
      long y = Math.round((c.loss() - lowY) / Math.max(1e-9, highY - lowY) * cells);
      if (taken.add(x * (cells + 1L) + y)) {
        kept.add(c);
      }
    }
    return kept;
  }

  private void frontTable() {
    String cost = unit.equals("ms") ? ">Latency, ms" : ">" + unit;
    boolean filed = !files.isEmpty();
    HtmlTable table =
        filed
            ? new HtmlTable("", cost, ">Loss", ">Parameters", ">FLOPs", "File")
            : new HtmlTable("", cost, ">Loss", ">Parameters", ">FLOPs");
    int step = Math.max(1, (front.size() + MOST_ROWS - 1) / MOST_ROWS);
    for (int i = front.size() - 1; i >= 0; i -= step) {
      Candidate c = front.get(i);
      List<String> cells =
          new ArrayList<>(
              List.of(
                  Numbers.significant(c.cost(), 3),
                  Numbers.fixed(c.loss(), 3),
                  Numbers.si(c.params()),
                  Numbers.si(c.flops())));
      if (filed) {
        cells.add(files.get(i));
      }
      table.row(cells.toArray(String[]::new));
    }
    String some = step > 1 ? "Pareto front (every " + ordinal(step) + ")" : "Pareto front";
    out.append(table.html(some));
  }

  private void baselines(JsonNode baselines, double chosenMs) {
    String costs = unit.equals("ms") ? ">Latency, ms" : ">" + unit;
    HtmlTable table = new HtmlTable("", "Baseline", ">Loss", costs);
    for (Map.Entry<String, JsonNode> entry : baselines.properties()) {
      double latency = JsonLines.number(entry.getValue(), "latency_ms");
      double cost = Double.isFinite(latency) ? latency : JsonLines.number(entry.getValue(), "cost");
      table.row(
          entry.getKey(),
          Numbers.fixed(JsonLines.number(entry.getValue(), "loss"), 3),
          Numbers.significant(cost, 3));
    }
    if (!table.isEmpty()) {
      candidates.stream()
          .filter(Candidate::chosen)
          .reduce((a, b) -> b)
          .ifPresent(
              c ->
                  table.row(
                      "chosen by the search",
                      Numbers.fixed(c.loss(), 3),
                      Numbers.significant(Double.isFinite(chosenMs) ? chosenMs : c.cost(), 3)));
      out.append(table.html("Other ways to choose, same constraint"));
    }
  }

  private int colours() {
    return Math.min(COLOURS, generations);
  }

  private int colour(int generation) {
    return (int) ((long) generation * colours() / generations);
  }

  /** Few generations use the whole range of shades too. */
  private int shade(int colour) {
    return colours() == 1 ? COLOURS / 2 : colour * (COLOURS - 1) / (colours() - 1);
  }

  private String generationsOf(int colour) {
    int first = -1;
    int last = -1;
    for (int g = 0; g < generations; g++) {
      if (colour(g) == colour) {
        first = first < 0 ? g : first;
        last = g;
      }
    }
    String range = first == last ? Integer.toString(first) : first + "–" + last;
    return colour == 0 ? "generation " + range : range;
  }

  private static List<Plot.Point> points(List<Candidate> candidates) {
    return candidates.stream().map(SearchSection::point).toList();
  }

  private static Plot.Point point(Candidate c) {
    return new Plot.Point(c.cost(), c.loss(), c.describe());
  }

  private static String ordinal(int number) {
    return number == 2 ? "second" : number == 3 ? "third" : number + "th";
  }
}
