package mos.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Order among candidates with several objectives: which dominate which, and how lonely each is.
 *
 * <p>Source: Deb et al., A Fast and Elitist Multiobjective Genetic Algorithm: NSGA-II (IEEE
 * Transactions on Evolutionary Computation 6(2), 2002), section III.
 */
public final class ParetoFront {
  private final List<Candidate> candidates;
  private final double[][] values;

  private ParetoFront(List<Candidate> candidates, List<Objective> objectives) {
    this.candidates = candidates;
    this.values =
        candidates.stream()
            .map(c -> objectives.stream().mapToDouble(o -> o.value().applyAsDouble(c)).toArray())
            .toArray(double[][]::new);
  }

  /**
   * The candidates that no other one dominates, ascending in the second objective; of candidates
   * with equal values the first.
   *
   * @param objectives at least two
   */
  public static List<Candidate> of(List<Candidate> candidates, List<Objective> objectives) {
    if (objectives.size() == 2) {
      return of(candidates, objectives.get(0).value(), objectives.get(1).value());
    }
    ParetoFront order = new ParetoFront(candidates, objectives);
    List<Integer> front = new ArrayList<>();
    for (int i = 0; i < order.values.length; i++) {
      double[] one = order.values[i];
      boolean beaten = Arrays.stream(order.values).anyMatch(other -> dominates(other, one));
      boolean repeated = front.stream().anyMatch(j -> Arrays.equals(order.values[j], one));
      if (!beaten && !repeated) {
        front.add(i);
      }
    }
    return front.stream()
        .sorted(Comparator.comparingDouble(i -> order.values[i][1]))
        .map(candidates::get)
        .toList();
  }

  /**
   * The same of anything with two values, both to be small and neither NaN: in one pass over what
   * is sorted, for as many as there may be.
   */
  public static <T> List<T> of(List<T> all, ToDoubleFunction<T> first, ToDoubleFunction<T> second) {
    List<T> sorted = new ArrayList<>(all);
    sorted.sort(Comparator.comparingDouble(second).thenComparingDouble(first));
    List<T> front = new ArrayList<>();
    for (T one : sorted) {
      T last = front.isEmpty() ? null : front.get(front.size() - 1);
      if (last == null || first.applyAsDouble(one) < first.applyAsDouble(last)) {
        front.add(one);
      }
    }
    return List.copyOf(front);
  }

  /** All candidates by front, and within a front the loneliest first. */
  static List<Candidate> ranked(List<Candidate> candidates, List<Objective> objectives) {
    ParetoFront order = new ParetoFront(candidates, objectives);
    List<Candidate> ranked = new ArrayList<>();
    for (List<Integer> front : order.fronts()) {
      Map<Integer, Double> distances = order.crowdingDistances(front);
      front.stream()
          .sorted(Comparator.comparingDouble(i -> -distances.get(i)))
          .forEach(i -> ranked.add(candidates.get(i)));
    }
    return ranked;
  }

  /** Whether {@code one} is nowhere worse and somewhere better. */
  static boolean dominates(double[] one, double[] other) {
    boolean better = false;
    for (int i = 0; i < one.length; i++) {
      if (one[i] > other[i]) {
        return false;
      }
      better |= one[i] < other[i];
    }
    return better;
  }

  /** Fast non-dominated sort: indices of the first front, of what is left without it, … */
  private List<List<Integer>> fronts() {
    int n = candidates.size();
    int[] dominators = new int[n];
    List<List<Integer>> dominated = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      dominated.add(new ArrayList<>());
      for (int j = 0; j < n; j++) {
        if (dominates(values[i], values[j])) {
          dominated.get(i).add(j);
        } else if (dominates(values[j], values[i])) {
          dominators[i]++;
        }
      }
    }
    List<List<Integer>> fronts = new ArrayList<>();
    List<Integer> front = IntStream.range(0, n).filter(i -> dominators[i] == 0).boxed().toList();
    while (!front.isEmpty()) {
      fronts.add(front);
      List<Integer> next = new ArrayList<>();
      for (int i : front) {
        for (int j : dominated.get(i)) {
          if (--dominators[j] == 0) {
            next.add(j);
          }
        }
      }
      front = next;
    }
    return fronts;
  }

  /** Per candidate of a front the sum over objectives of its neighbours' distance in the range. */
  private Map<Integer, Double> crowdingDistances(List<Integer> front) {
    Map<Integer, Double> distances = new HashMap<>();
    front.forEach(i -> distances.put(i, 0.0));
    for (int k = 0; k < values[front.get(0)].length; k++) {
      int objective = k;
      List<Integer> sorted =
          front.stream().sorted(Comparator.comparingDouble(i -> values[i][objective])).toList();
      int last = sorted.size() - 1;
      double range = values[sorted.get(last)][k] - values[sorted.get(0)][k];
      distances.put(sorted.get(0), Double.POSITIVE_INFINITY);
      distances.put(sorted.get(last), Double.POSITIVE_INFINITY);
      for (int i = 1; i < last && range > 0 && Double.isFinite(range); i++) {
        double gap = values[sorted.get(i + 1)][k] - values[sorted.get(i - 1)][k];
        distances.merge(sorted.get(i), gap / range, Double::sum);
      }
    }
    return distances;
  }
}
