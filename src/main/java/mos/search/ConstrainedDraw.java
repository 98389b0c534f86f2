package mos.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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
  private final List<Constraint> all;
  private final double[] least;
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
    this.all = new ArrayList<>(constraint.screens());
    all.add(constraint);
    this.least = new double[all.size()];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
  }

  /** Takes genes over that are known to meet the constraint. */
  void keep(List<List<Integer>> genes) {
    found.addAll(genes);
  }

  /** How many genes there are. */
  int size() {
    return found.size();
  }

  /** Adds those of {@code genes} that meet the constraint. */
  void offer(List<int[]> genes) {
    for (int[] gene : genes) {
      tries++;
      if (meetsAll(codec.decode(gene))) {
        found.add(Arrays.stream(gene).boxed().toList());
      }
      listener.drawn(found.size(), wanted, tries);
    }
  }

  /** Adds {@code count} genes of {@code source}, fewer when the tries run out. */
  void add(int count, Supplier<int[]> source) {
    for (int added = 0; added < count && tries < maxTries; ) {
      int[] gene = source.get();
      tries++;
      if (meetsAll(codec.decode(gene))) {
        found.add(Arrays.stream(gene).boxed().toList());
        added++;
      }
      listener.drawn(found.size(), wanted, tries);
    }
  }

  /** Screens are cheap and come first; only the last constraint's cost is remembered. */
  private boolean meetsAll(SubTransformer architecture) {
    for (int i = 0; i < all.size(); i++) {
      Constraint one = all.get(i);
      double cost =
          one == constraint
              ? costs.computeIfAbsent(architecture, constraint::cost)
              : one.cost(architecture);
      least[i] = Math.min(least[i], Double.isNaN(cost) ? least[i] : cost);
      if (!one.allows(cost)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The genes found.
   *
   * @throws MosException when there are none, with the least costs seen
   */
  List<List<Integer>> genes() {
    if (found.isEmpty()) {
      throw new MosException(
          String.format(
              Locale.ROOT,
              "no SubTransformer under %s in %,d samples; %s",
              limits(),
              tries,
              leastSeen()));
    }
    if (found.size() < wanted && tries >= maxTries) {
      LOG.warn(
          "only {} of {} candidates meet the constraint of {} in {} samples",
          found.size(),
          wanted,
          limits(),
          tries);
    }
    return found;
  }

  private String limits() {
    return all.stream().map(Constraint::limitText).collect(Collectors.joining(" and "));
  }

  private String leastSeen() {
    List<String> seen = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      String unit = all.get(i).unit();
      if (Double.isFinite(least[i])) {
        boolean time = unit.startsWith("ms") || unit.contains("latency");
        String superlative = time ? "fastest" : "smallest";
        seen.add("the " + superlative + " seen takes " + Constraint.number(least[i]) + " " + unit);
      }
    }
    return seen.isEmpty() ? "none has a known cost" : String.join(", ", seen);
  }
}
