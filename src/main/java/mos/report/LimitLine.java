package mos.report;

import java.util.List;

/**
 * A labelled vertical line at a limit, what lies beyond it shaded. A limit far from all data, which
 * would squeeze them to the edge, is an arrow at that edge.
 *
 * @param value of the limit, not a number where there is none
 * @param aim a second, thinner line, drawn where it is a number and near enough to be seen
 */
record LimitLine(double value, String label, double aim) {
  /** A limit so many times the data's range away from them does not widen the axis. */
  private static final double DISTANT = 0.5;

  /** No limit. */
  static final LimitLine NONE = new LimitLine(Double.NaN, "", Double.NaN);

  boolean exists() {
    return Double.isFinite(value);
  }

  /** Adds the limit to the data of the horizontal axis, where it is not too far away. */
  void widen(List<Double> xs) {
    double low = xs.stream().mapToDouble(Double::doubleValue).min().orElse(value);
    double high = xs.stream().mapToDouble(Double::doubleValue).max().orElse(value);
    double room = Math.max(high - low, Math.abs(high) * 0.2) * DISTANT;
    if (value >= low - room && value <= high + room) {
      xs.add(value);
    }
  }

  void draw(Svg svg, Axis x, Axis y) {
    double at = Math.max(x.start(), Math.min(x.end(), x.at(value)));
    if (at < x.end()) {
      double width = x.end() - at;
      double height = y.start() - y.end();
      svg.leaf("rect", "class", "beyond", "x", at, "y", y.end(), "width", width, "height", height);
    }
    double aimed = x.at(aim);
    if (aimed > x.start() && aimed < x.end()) {
      vertical(svg, "line limit aim", aimed, y);
    }
    boolean leftHalf = at < (x.start() + x.end()) / 2;
    String anchor = leftHalf ? "start" : "end";
    boolean outside = x.at(value) < x.start() || x.at(value) > x.end();
    if (outside) {
      String text = leftHalf ? "← " + label : label + " →";
      svg.text(leftHalf ? at + 4 : at, y.end() + 14, anchor, "note", text);
    } else {
      vertical(svg, "line limit", at, y);
      svg.text(leftHalf ? at + 6 : at - 6, y.end() + 14, anchor, "note", label);
    }
  }

  private static void vertical(Svg svg, String cssClass, double at, Axis y) {
    svg.leaf("line", "class", cssClass, "x1", at, "x2", at, "y1", y.start(), "y2", y.end());
  }
}
