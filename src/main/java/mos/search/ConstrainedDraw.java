package mos.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import mos.base.MosException;
import mos.space.GeneCodec;
import mos.space.SubTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws genes until they meet the constraint, with a bound on the tries of one population, and
 * remembers what every architecture costs.
 */
final class ConstrainedDraw {
  private static final Logger LOG = LoggerFactory.getLogger(ConstrainedDraw.class);

  private final GeneCodec codec;
  private final Constraint constraint;
  private final int maxTries;
  private final int wanted;
  private final SearchListener listener;
  private final Map<SubTransformer, Double> costs;
  private final List<List<Integer>> found = new ArrayList<>();
  private double least = Double.POSITIVE_INFINITY;
  private int tries;

  /**
   * A draw of one population.
   *
   * @param costs known costs; new ones are added
   */
  ConstrainedDraw(
      GeneCodec codec,
      Constraint constraint,
      int maxTries,
      int wanted,
      SearchListener listener,
      Map<SubTransformer, Double> costs) {
    this.codec = codec;
    this.constraint = constraint;
    this.maxTries = maxTries;
    this.wanted = wanted;
    this.listener = listener;
    this.costs = costs;
  }

  /** Takes genes over that are known to meet the constraint. */
  void keep(List<List<Integer>> genes) {
    found.addAll(genes);
  }

  /** Adds {@code count} genes of {@code source}, fewer when the tries run out. */
  void add(int count, Supplier<int[]> source) {
    for (int added = 0; added < count && tries < maxTries; ) {
      int[] gene = source.get();
      double cost = costs.computeIfAbsent(codec.decode(gene), constraint::cost);
      tries++;
      least = Math.min(least, Double.isNaN(cost) ? least : cost);
      if (constraint.allows(cost)) {
        found.add(Arrays.stream(gene).boxed().toList());
        added++;
      }
      listener.drawn(found.size(), wanted, tries);
    }
  }

  /**
   * The genes found.
   *
   * @throws MosException when there are none, with the least cost seen
   */
  List<List<Integer>> genes() {
    if (found.isEmpty()) {
      String superlative = constraint.unit().equals("ms") ? "fastest" : "smallest";
      throw new MosException(
          String.format(
              Locale.ROOT,
              "no SubTransformer under %s %s in %,d samples; the %s seen takes %s %s",
              number(constraint.limit()),
              constraint.unit(),
              tries,
              superlative,
              number(least),
              constraint.unit()));
    }
    if (found.size() < wanted && tries >= maxTries) {
      LOG.warn(
          "only {} of {} candidates meet the constraint of {} {} in {} samples",
          found.size(),
          wanted,
          constraint.limit(),
          constraint.unit(),
          tries);
    }
    return found;
  }

  private static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return String.format(Locale.ROOT, "%d", (long) value);
    }
    return Math.abs(value) < 10
        ? String.format(Locale.ROOT, "%.3g", value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
