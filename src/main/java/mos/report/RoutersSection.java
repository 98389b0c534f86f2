package mos.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import mos.console.Numbers;
import mos.results.RouterWeights;

/** How the routers mix the experts of each layer, as heat maps over architectures. */
final class RoutersSection {
  private static final int MOST_EXPERTS = 16;
  private static final int MOST_LAYERS = 64;
  private static final int MOST_ARCHITECTURES = 16;

  /** Colours are not stretched further, so that next to nothing does not look like something. */
  private static final double FINEST = 0.02;

  private static final String INTRODUCTION =
      "The SuperTransformer keeps several versions of its weight matrices, the experts. For each"
          + " architecture a small network, the router, says how much of each expert goes into the"
          + " mixture. If a row of the maps is without colour, that architecture takes the same of"
          + " every expert; if all rows look alike, the routers treat all architectures alike, and"
          + " one set of weights would have done; where rows differ, small and large SubTransformers"
          + " get weights of their own, which is what a Mixture-of-Supernets is for.";

  private final List<String> names = new ArrayList<>();
  private final List<Mixture> mixtures = new ArrayList<>();
  private final int experts;
  private final StringBuilder out = new StringBuilder();

  /** One router's weights for one architecture. */
  private record Mixture(
      int row, String side, int layer, String matrix, double[] mean, double[] spread) {}

  private RoutersSection(RouterWeights routers) {
    experts = routers == null ? 0 : routers.experts();
    for (RouterWeights.OfArchitecture one :
        routers == null ? List.<RouterWeights.OfArchitecture>of() : routers.architectures()) {
      if (names.size() < MOST_ARCHITECTURES) {
        one.routers().forEach(router -> read(names.size(), router));
        names.add(Known.text(one.name()));
      }
    }
  }

  private void read(int row, RouterWeights.OfMatrix router) {
    String side = Known.text(router.side());
    if (router.layer() >= 1 && router.layer() <= MOST_LAYERS && side.matches("encoder|decoder")) {
      mixtures.add(
          new Mixture(
              row,
              side,
              router.layer() - 1,
              Known.text(router.matrix()),
              numbers(router.mean()),
              numbers(router.spread())));
    }
  }

  private double[] numbers(List<Double> all) {
    double[] values = new double[Math.max(0, Math.min(experts, MOST_EXPERTS))];
    for (int i = 0; i < values.length; i++) {
      values[i] = all == null || i >= all.size() ? Double.NaN : Known.figure(all.get(i));
    }
    return values;
  }

  static String html(OutputFolder folder) {
    if (Known.text(folder.run().summary().maxExperts()).equals("1")) {
      return Html.absent("One expert: weights are shared as they are, and there is no router.");
    }
    RoutersSection section = new RoutersSection(folder.routers());
    if (section.experts < 2 || section.mixtures.isEmpty()) {
      return Html.absent("No router weights (search/router-weights.json) in this folder.");
    }
    section.maps();
    return section.out.toString();
  }

  private void maps() {
    double uniform = 1.0 / experts;
    double far = strongest(m -> distance(m.mean, uniform));
    double wide = strongest(m -> distance(m.spread, 0));
    boolean spread = mixtures.stream().anyMatch(m -> distance(m.spread, 0) > 0);
    out.append(Html.element("p", INTRODUCTION)).append('\n');
    out.append(Html.element("p", "caption", explanation(spread))).append('\n');
    out.append("<p class=\"caption\">");
    out.append(
        Plot.legend("box above", "more than " + number(uniform) + ", full at +" + number(far)));
    out.append(Plot.legend("box below", "less, full at −" + number(far)));
    if (spread) {
      out.append(Plot.legend("box apart", "spread, full at " + number(wide)));
    }
    out.append("</p>\n<div class=\"maps\">\n");
    for (String matrix : matrices()) {
      for (String side : List.of("encoder", "decoder")) {
        map(side, matrix, "weights", m -> m.mean, v -> (v - uniform) / far);
      }
      if (spread) {
        for (String side : List.of("encoder", "decoder")) {
          map(side, matrix, "spread over neurons", m -> m.spread, v -> v / wide);
        }
      }
    }
    out.append("</div>\n");
    out.append(Html.element("p", "caption", differences())).append('\n');
  }

  private String explanation(boolean spread) {
    String text =
        "Rows: architectures. Cells: layers, empty where the architecture has no such layer. Strips"
            + " in a cell: experts 1 to "
            + Math.min(experts, MOST_EXPERTS)
            + (experts > MOST_EXPERTS ? " of " + experts : "")
            + ", coloured by their weight in the mixture. Without colour: the same weight for every"
            + " expert, 1/"
            + experts
            + ".";
    return spread
        ? text
            + " Each output neuron has weights of its own: shown are their mean over the neurons in"
            + " use and their standard deviation."
        : text;
  }

  private interface Part {
    double[] of(Mixture mixture);
  }

  private void map(
      String side, String matrix, String what, Part part, ToDoubleFunction<Double> shade) {
    List<Mixture> shown =
        mixtures.stream().filter(m -> m.side.equals(side) && m.matrix.equals(matrix)).toList();
    if (shown.isEmpty()) {
      return;
    }
    int layers = 1 + shown.stream().mapToInt(Mixture::layer).max().orElseThrow();
    double[][][] values = new double[names.size()][layers][];
    shown.forEach(m -> values[m.row][m.layer] = part.of(m));
    String title = (side.equals("encoder") ? "Encoder " : "Decoder ") + matrix + ", " + what;
    HeatMap map = new HeatMap(title, names, layers, Math.min(experts, MOST_EXPERTS));
    boolean mean = what.equals("weights");
    out.append("<figure>\n");
    out.append(
        map.svg(
            (row, layer, e) -> values[row][layer] == null ? Double.NaN : values[row][layer][e],
            "below",
            mean ? "above" : "apart",
            shade));
    out.append("</figure>\n");
  }

  private Set<String> matrices() {
    Set<String> matrices = new LinkedHashSet<>();
    mixtures.forEach(m -> matrices.add(m.matrix));
    return matrices;
  }

  private double strongest(ToDoubleFunction<Mixture> value) {
    return Math.max(FINEST, mixtures.stream().mapToDouble(value).max().orElse(0));
  }

  /** The largest distance from {@code middle}; what is not finite counts for nothing. */
  private static double distance(double[] values, double middle) {
    double most = 0;
    for (double value : values) {
      most = Double.isFinite(value) ? Math.max(most, Math.abs(value - middle)) : most;
    }
    return most;
  }

  /** Where the architecture makes the largest difference to an expert's weight. */
  private String differences() {
    double most = 0;
    String where = "";
    Map<String, List<Mixture>> routers =
        mixtures.stream()
            .collect(
                Collectors.groupingBy(
                    m -> m.side + m.layer + m.matrix, LinkedHashMap::new, Collectors.toList()));
    for (List<Mixture> router : routers.values()) {
      for (int e = 0; e < router.get(0).mean.length; e++) {
        int expert = e;
        Comparator<Mixture> byWeight = Comparator.comparingDouble(m -> m.mean[expert]);
        Mixture least = Collections.min(router, byWeight);
        Mixture greatest = Collections.max(router, byWeight);
        if (greatest.mean[e] - least.mean[e] > most) {
          most = greatest.mean[e] - least.mean[e];
          where = place(least, greatest, e);
        }
      }
    }
    return most == 0
        ? "No router gives two architectures different weights."
        : "Largest difference that the architecture makes: " + where + ".";
  }

  private String place(Mixture a, Mixture b, int expert) {
    return String.format(
        Locale.ROOT,
        "expert %d in %s of %s layer %d has %s in %s, %s in %s",
        expert + 1,
        a.matrix,
        a.side,
        a.layer + 1,
        number(a.mean[expert]),
        names.get(a.row),
        number(b.mean[expert]),
        names.get(b.row));
  }

  private static String number(double value) {
    return Numbers.fixed(value, 3);
  }
}
