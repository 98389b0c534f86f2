package mos.report;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Draws the mixtures of one matrix in all layers of one side: a row for each architecture, a cell
 * for each layer, in it a strip for each expert, from the first at the left. A layer that an
 * architecture does not have is left empty.
 *
 * @param title what is drawn
 * @param rows the architectures' names
 * @param layers how many cells a row has
 * @param experts how many strips a cell has
 */
record HeatMap(String title, List<String> rows, int layers, int experts) {
  private static final double WIDTH = 560;
  private static final double NAMES = 86;
  private static final double TOP = 46;
  private static final double ROW = 24;
  private static final double GAP = 5;

  /** The strips' values. */
  interface Values {
    /** The value of an expert, NaN where the architecture lacks the layer. */
    double of(int row, int layer, int expert);
  }

  /**
   * The picture.
   *
   * @param low style of values below zero, in the strongest colour at −1
   * @param high style of values above zero, in the strongest colour at 1
   * @param shade turns a value into −1..1
   */
  String svg(Values values, String low, String high, ToDoubleFunction<Double> shade) {
    String description =
        rows.size() + " architectures, " + layers + " layers, " + experts + " experts.";
    double height = TOP + rows.size() * ROW + 2;
    Svg svg = new Svg("plot heat", WIDTH, height, title, description);
    svg.text(0, 14, "start", "name", title);
    double cell = (WIDTH - NAMES) / layers;
    double strip = (cell - GAP) / experts;
    for (int layer = 0; layer < layers; layer++) {
      double middle = NAMES + layer * cell + (cell - GAP) / 2;
      svg.text(middle, TOP - 8, "middle", "tick", Integer.toString(layer + 1));
    }
    for (int row = 0; row < rows.size(); row++) {
      double y = TOP + row * ROW;
      svg.text(0, y + ROW / 2 - 1, "start", "middle", rows.get(row));
      for (int layer = 0; layer < layers; layer++) {
        double x = NAMES + layer * cell;
        if (Double.isNaN(values.of(row, layer, 0))) {
          continue;
        }
        for (int expert = 0; expert < experts; expert++) {
          double value = values.of(row, layer, expert);
          double colour = Math.max(-1, Math.min(1, shade.applyAsDouble(value)));
          svg.leafWithTitle(
              tooltip(row, layer, expert, value),
              "rect",
              "class",
              colour < 0 ? low : high,
              "fill-opacity",
              Double.isNaN(colour) ? 0 : Math.abs(colour),
              "x",
              x + expert * strip,
              "y",
              y,
              "width",
              strip,
              "height",
              ROW - 3);
        }
        svg.leaf("rect", "class", "frame", "x", x, "y", y, "width", cell - GAP, "height", ROW - 3);
      }
    }
    return svg.finish();
  }

  private String tooltip(int row, int layer, int expert, double value) {
    return String.format(
        Locale.ROOT, "%s, layer %d, expert %d: %.4f", rows.get(row), layer + 1, expert + 1, value);
  }
}
