package mos.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A plot with two linear axes: lines, points, marked values and a diagonal, drawn in the order of
 * the calls. Colours come from the page's style sheet through CSS classes; the legend is HTML (see
 * {@link #legend}), so that it wraps on narrow screens.
 */
final class Plot {
  private static final double LEAST_LEFT = 58;

  /**
   * Width of a digit as the style sheet enlarges it in narrow windows, of large and small plots.
   */
  private static final double LARGE_DIGIT = 13.5;

  private static final double SMALL_DIGIT = 9.5;
  private static final double RIGHT = 14;
  private static final double TOP = 30;
  private static final double BOTTOM = 54;
  private static final double LARGE = 600;

  /**
   * A point of data.
   *
   * @param title its tooltip, empty for none
   */
  record Point(double x, double y, String title) {
    Point(double x, double y) {
      this(x, y, "");
    }

    boolean isFinite() {
      return Double.isFinite(x) && Double.isFinite(y);
    }
  }

  /** Draws one layer once the axes are known. */
  private interface Layer {
    void draw(Svg svg, Axis x, Axis y);
  }

  private final String title;
  private final String description;
  private final double width;
  private final double height;
  private final String xName;
  private final String yName;
  private final List<Layer> layers = new ArrayList<>();
  private final List<Double> xs = new ArrayList<>();
  private final List<Double> ys = new ArrayList<>();
  private boolean fromZero;
  private LimitLine limit = LimitLine.NONE;

  Plot(String title, String description, double width, double height, String xName, String yName) {
    this.title = title;
    this.description = description;
    this.width = width;
    this.height = height;
    this.xName = xName;
    this.yName = yName;
  }

  /** Starts the vertical axis at zero. */
  Plot fromZero() {
    fromZero = true;
    return this;
  }

  /** A line through the points, in their order; those that are not finite are left out. */
  Plot line(String cssClass, String name, List<Point> points) {
    List<Point> finite = taken(points);
    layers.add(
        (svg, x, y) -> {
          StringBuilder path = new StringBuilder();
          for (Point point : finite) {
            path.append(path.isEmpty() ? "M" : "L").append(coordinates(point, x, y));
          }
          drawPath(svg, cssClass, name, path);
        });
    // A line through one point would not be seen.
    return finite.size() == 1 ? points("dots " + cssClass, 3, List.of(named(finite, name))) : this;
  }

  private static Point named(List<Point> single, String name) {
    Point point = single.get(0);
    return point.title.isEmpty() ? new Point(point.x, point.y, name) : point;
  }

  /** A falling staircase through the points, ascending in x: the best reached up to there. */
  Plot staircase(String cssClass, String name, List<Point> points) {
    List<Point> finite = taken(points);
    layers.add(
        (svg, x, y) -> {
          StringBuilder path = new StringBuilder();
          for (Point point : finite) {
            String across = path.isEmpty() ? "M" : "H" + Svg.number(x.at(point.x)) + "L";
            path.append(across).append(coordinates(point, x, y));
          }
          drawPath(svg, cssClass, name, path);
        });
    return this;
  }

  /** Circles at the points, with their tooltips. */
  Plot points(String cssClass, double radius, List<Point> points) {
    List<Point> finite = taken(points);
    layers.add(
        (svg, x, y) -> {
          svg.open("g", "class", cssClass);
          for (Point point : finite) {
            svg.leafWithTitle(
                point.title, "circle", "cx", x.at(point.x), "cy", y.at(point.y), "r", radius);
          }
          svg.close();
        });
    return this;
  }

  /** A thin line from one point to another, such as from an earlier measurement to a later one. */
  Plot connector(String cssClass, Point from, Point to) {
    taken(List.of(from, to));
    layers.add(
        (svg, x, y) ->
            svg.leaf(
                "line",
                "class",
                cssClass,
                "x1",
                x.at(from.x),
                "y1",
                y.at(from.y),
                "x2",
                x.at(to.x),
                "y2",
                y.at(to.y)));
    return this;
  }

  /** A limit of what the horizontal axis shows. */
  Plot limit(LimitLine line) {
    limit = line;
    return this;
  }

  /** The line where both values are equal; both axes then have the same range. */
  Plot diagonal(String cssClass, String name) {
    List<Double> both = new ArrayList<>(xs);
    both.addAll(ys);
    xs.addAll(both);
    ys.addAll(both);
    layers.add(
        (svg, x, y) -> {
          StringBuilder path = new StringBuilder("M");
          path.append(coordinates(new Point(x.low(), y.low()), x, y)).append('L');
          drawPath(
              svg, cssClass, name, path.append(coordinates(new Point(x.high(), y.high()), x, y)));
        });
    return this;
  }

  /** True where no finite point was given. */
  boolean isEmpty() {
    return xs.isEmpty() || ys.isEmpty();
  }

  /** The picture. */
  String svg() {
    if (limit.exists()) {
      limit.widen(xs);
    }
    Axis y = Axis.over(ys, fromZero, height - BOTTOM, TOP);
    Axis x = Axis.over(xs, false, left(y), width - RIGHT);
    // The style sheet enlarges the text of large plots where they are shrunk to a narrow window.
    Svg svg = new Svg(width > LARGE ? "plot large" : "plot", width, height, title, description);
    if (limit.exists()) {
      limit.draw(svg, x, y);
    }
    drawAxes(svg, x, y);
    layers.forEach(layer -> layer.draw(svg, x, y));
    return svg.finish();
  }

  /** The legend of one series: a swatch in the series' colour and its name, as HTML. */
  static String legend(String cssClass, String name) {
    return "<span class=\"key\"><span class=\"swatch "
        + cssClass
        + "\"></span>"
        + Html.escape(name)
        + "</span>\n";
  }

  /** Room for the longest label of the vertical axis. */
  private double left(Axis y) {
    Ticks ticks = ticks(y);
    int longest = ticks.values().stream().mapToInt(v -> ticks.label(v).length()).max().orElse(0);
    return Math.max(LEAST_LEFT, 12 + longest * (width > LARGE ? LARGE_DIGIT : SMALL_DIGIT));
  }

  private Ticks ticks(Axis y) {
    return Ticks.between(y.low(), y.high(), (int) Math.max(2, height / 55));
  }

  private void drawAxes(Svg svg, Axis x, Axis y) {
    Ticks down = ticks(y);
    for (double value : down.values()) {
      double at = y.at(value);
      svg.leaf("line", "class", "grid", "x1", x.start(), "x2", x.end(), "y1", at, "y2", at);
      svg.text(x.start() - 8, at + 4, "end", "tick", down.label(value));
    }
    svg.leaf(
        "line", "class", "axis", "x1", x.start(), "x2", x.end(), "y1", y.start(), "y2", y.start());
    Ticks across = Ticks.between(x.low(), x.high(), (int) Math.max(2, width / 90));
    for (double value : across.values()) {
      double at = x.at(value);
      svg.leaf("line", "class", "axis", "x1", at, "x2", at, "y1", y.start(), "y2", y.start() + 4);
      svg.text(at, y.start() + 19, "middle", "tick", across.label(value));
    }
    svg.text(0, 14, "start", "name", yName);
    svg.text(x.end(), height - 3, "end", "name", xName);
  }

  private List<Point> taken(List<Point> points) {
    List<Point> finite = points.stream().filter(Point::isFinite).toList();
    finite.forEach(
        point -> {
          xs.add(point.x);
          ys.add(point.y);
        });
    return finite;
  }

  private static String coordinates(Point point, Axis x, Axis y) {
    return Svg.number(x.at(point.x)) + " " + Svg.number(y.at(point.y));
  }

  private static void drawPath(Svg svg, String cssClass, String name, StringBuilder path) {
    if (!path.isEmpty()) {
      svg.leafWithTitle(name, "path", "class", "line " + cssClass, "d", path.toString());
    }
  }
}
