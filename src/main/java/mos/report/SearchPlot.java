package mos.report;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import mos.console.Numbers;
import mos.results.CostUnit;

/**
 * The picture of a search: every candidate, cost against loss, with the limit, the front, what was
 * refused, and the chosen one where it was measured last.
 *
 * @param candidates at least one
 * @param chosen null where none is
 * @param front ascending in cost
 * @param limit in the unit of the candidates, NaN where there is none
 * @param aim what the search itself stays below, NaN where that is the limit
 * @param value what is minimised: "loss" or "100 − BLEU"
 */
record SearchPlot(
    List<SearchPoint> candidates,
    SearchPoint chosen,
    List<SearchPoint> front,
    double limit,
    double aim,
    String value) {
  private static final double WIDTH = 720;
  private static final double HEIGHT = 440;
  private static final int COLOURS = 6;
  private static final int MOST_POINTS = 3000;
  private static final int FINEST = 400;

  /** The picture with its legend and what it shows in words. */
  String html() {
    String axis = axis(unit());
    Plot plot =
        new Plot(
            "Candidates of the search",
            Numbers.count(candidates.size()) + " candidates, " + axis + " against " + value + ".",
            WIDTH,
            HEIGHT,
            axis,
            "validation " + value);
    List<List<Plot.Point>> byColour = new ArrayList<>();
    for (int i = 0; i < colours(); i++) {
      byColour.add(new ArrayList<>());
    }
    List<SearchPoint> drawn = thinned();
    drawn.forEach(c -> byColour.get(colour(c.generation())).add(point(c)));
    for (int i = 0; i < byColour.size(); i++) {
      plot.points("candidates g" + shade(i), 3, byColour.get(i));
    }
    List<SearchPoint> refused = refused();
    candidates.stream()
        .filter(c -> Double.isFinite(c.earlierCost()))
        .forEach(c -> plot.connector("moved", new Plot.Point(c.earlierCost(), c.loss()), point(c)));
    plot.points("refused", 4.5, refused.stream().map(c -> point(c, "Refused: ")).toList());
    List<Plot.Point> best = front.stream().map(SearchPlot::point).toList();
    plot.staircase("second", "Pareto front", best);
    // Hundreds of markers would hide the line.
    plot.points("dots second", 3.5, best.size() <= 100 ? best : List.of());
    plot.limit(new LimitLine(limit, "limit " + candidates.get(0).costInWords(limit), aim));
    if (chosen != null) {
      Plot.Point last = point(chosen, "Chosen: ");
      plot.points("chosen", 7, List.of(last));
    }
    StringBuilder out = new StringBuilder("<figure>\n").append(plot.svg()).append("<figcaption>");
    for (int i = 0; i < byColour.size(); i++) {
      out.append(Plot.legend("dot g" + shade(i), generationsOf(i)));
    }
    out.append(Plot.legend("second", "Pareto front"));
    out.append(Double.isFinite(limit) ? Plot.legend("limit", "limit, beyond it shaded") : "");
    out.append(Double.isFinite(aim) ? Plot.legend("limit aim", "aim of the search") : "");
    out.append(refused.isEmpty() ? "" : Plot.legend("ring refused", "refused"));
    out.append(chosen == null ? "" : Plot.legend("ring", "chosen")).append("</figcaption>\n");
    out.append(Html.element("p", "caption", words(drawn.size(), refused.size()))).append('\n');
    return out.append("</figure>\n").toString();
  }

  /** The name of the axis for a cost in {@code unit}. */
  static String axis(CostUnit unit) {
    return switch (unit) {
      case MS -> "latency, ms";
      case SHARE -> "latency, % of the largest’s";
      case GFLOPS, MPARAMS -> unit.words();
    };
  }

  private CostUnit unit() {
    return candidates.get(0).unit();
  }

  /**
   * What missed the limit when it was measured again. Where that is not recorded, better candidates
   * within the limit than the chosen one: a search takes the best that stays within the limit when
   * it is measured again, so these did not. Only latencies are measured.
   */
  private List<SearchPoint> refused() {
    if (candidates.stream().anyMatch(c -> c.refused() != null)) {
      return candidates.stream().filter(c -> Boolean.TRUE.equals(c.refused())).toList();
    }
    return chosen == null || !chosen.unit().timed() || !Double.isFinite(limit)
        ? List.of()
        : candidates.stream()
            .filter(c -> c.loss() < chosen.loss() && c.cost() <= limit && !c.chosen())
            .toList();
  }

  private String words(int drawn, int refused) {
    StringBuilder text = new StringBuilder(Numbers.count(candidates.size()));
    int generations = generations();
    text.append(" candidates in ").append(generations);
    text.append(generations == 1 ? " generation" : " generations");
    if (Double.isFinite(limit)) {
      long within = candidates.stream().filter(c -> c.cost() <= limit).count();
      text.append(", ").append(Numbers.count(within)).append(" within the limit");
    }
    text.append('.');
    if (refused > 0) {
      text.append(' ').append(Numbers.count(refused));
      text.append(refused == 1 ? " was" : " were");
      text.append(" refused, for missing the limit when measured again.");
    }
    if (Double.isFinite(aim)) {
      text.append(" The search aims a little below the limit, at ");
      text.append(candidates.get(0).costInWords(aim));
      text.append(", because no two measurements agree.");
    }
    if (candidates.stream().anyMatch(c -> Double.isFinite(c.earlierCost()))) {
      text.append(
          " Candidates that were measured again stand where they were measured last; a thin");
      text.append(" line leads there from the search’s own quick measurement.");
    }
    if (drawn < candidates.size()) {
      text.append(" Drawn: ").append(Numbers.count(drawn));
      text.append("; of those that nearly coincide, the latest.");
    }
    return text.toString();
  }

  /** One candidate per small cell of the picture, the latest; coarser until few enough remain. */
  private List<SearchPoint> thinned() {
    List<SearchPoint> result = candidates;
    for (int cells = FINEST; result.size() > MOST_POINTS; cells = cells * 9 / 10) {
      result = onePerCell(cells);
    }
    return result;
  }

  private List<SearchPoint> onePerCell(int cells) {
    double lowX = candidates.stream().mapToDouble(SearchPoint::cost).min().orElse(0);
    double highX = candidates.stream().mapToDouble(SearchPoint::cost).max().orElse(1);
    double lowY = candidates.stream().mapToDouble(SearchPoint::loss).min().orElse(0);
    double highY = candidates.stream().mapToDouble(SearchPoint::loss).max().orElse(1);
    Set<Long> taken = new HashSet<>();
    List<SearchPoint> kept = new ArrayList<>();
    for (int i = candidates.size() - 1; i >= 0; i--) {
      SearchPoint c = candidates.get(i);
      long x = Math.round((c.cost() - lowX) / Math.max(1e-9, highX - lowX) * cells);
      long y = Math.round((c.loss() - lowY) / Math.max(1e-9, highY - lowY) * cells);
      if (taken.add(x * (cells + 1L) + y)) {
        kept.add(c);
      }
    }
    return kept;
  }

  private int generations() {
    return 1 + candidates.stream().mapToInt(SearchPoint::generation).max().orElse(0);
  }

  private int colours() {
    return Math.min(COLOURS, generations());
  }

  private int colour(int generation) {
    return (int) ((long) generation * colours() / generations());
  }

  /** Few generations use the whole range of shades too. */
  private int shade(int colour) {
    return colours() == 1 ? COLOURS / 2 : colour * (COLOURS - 1) / (colours() - 1);
  }

  private String generationsOf(int colour) {
    int generations = generations();
    int first = -1;
    int last = -1;
    for (int g = 0; g < generations; g++) {
      if ((int) ((long) g * colours() / generations) == colour) {
        first = first < 0 ? g : first;
        last = g;
      }
    }
    String range = first == last ? Integer.toString(first) : first + "–" + last;
    return colour == 0 ? "generation " + range : range;
  }

  private static Plot.Point point(SearchPoint c) {
    return point(c, "");
  }

  private static Plot.Point point(SearchPoint c, String what) {
    return new Plot.Point(c.cost(), c.loss(), what + c.describe());
  }
}
