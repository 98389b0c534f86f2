package mos.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * NSGA-II: one search for the whole front of loss against cost. The population's best by front and
 * crowding survive; children are made of the winners of binary tournaments. It scores as many
 * candidates as an {@link EvolutionarySearch} of the same settings.
 *
 * <p>Source: Deb et al., NSGA-II (2002), section III. We differ: crossover is HAT's, of neighbours
 * on the front, and a child is crossed or mutated, as many of each as the settings say; of several
 * children of the same parents that are not known yet, the one is scored that a {@link
 * CandidateSurrogate} expects most of, and mutated ones are first changed, place by place, as long
 * as it expects more of them; the first population holds the smallest SubTransformer and the
 * largest of each decoder depth, the ends of the front that random draws hardly ever meet.
 */
public final class ParetoSearch extends ArchitectureSearch {
  /** Draws at most for a child. */
  private static final int DRAWS = 100;

  /** Children of which the most promising one is scored. */
  private static final int COMPARED = 32;

  /** Places that a mutation redraws on average: a front has no use for long leaps. */
  private static final double MUTATED_PLACES = 3;

  /** Neighbours in cost on each side that a parent may be crossed with. */
  private static final int REACH = 4;

  private final SearchSpace space;
  private final List<Objective> objectives;

  /**
   * A search; nothing runs yet.
   *
   * @param constraint gives the cost; its limit, and its screens, bound the front
   * @param objectives at least two, of candidates with the {@code figures}
   */
  public ParetoSearch(
      SearchSpace space,
      EvolutionConfig settings,
      Fitness fitness,
      Constraint constraint,
      Function<SubTransformer, Map<String, Double>> figures,
      List<Objective> objectives) {
    super(space, settings, fitness, constraint, figures);
    this.space = space;
    this.objectives = List.copyOf(objectives);
  }

  @Override
  int size(int iteration) {
    int children = settings.mutationSize() + settings.crossoverSize();
    return settings.populationSize() + (iteration == 0 ? 0 : children);
  }

  /** One gene of each architecture, by front and crowding. */
  @Override
  List<List<Integer>> ranked(SearchState state) {
    Map<Candidate, List<Integer>> genes = new LinkedHashMap<>();
    state.population().forEach(gene -> genes.putIfAbsent(candidate(state.evaluated(), gene), gene));
    return ParetoFront.ranked(List.copyOf(genes.keySet()), objectives).stream()
        .map(genes::get)
        .toList();
  }

  @Override
  void propose(
      SearchState state, List<List<Integer>> ranked, RandomGenerator random, ConstrainedDraw draw) {
    if (ranked.isEmpty()) {
      List<int[]> ends = new ArrayList<>();
      for (SubTransformer end : space.ends()) {
        ends.add(codec.encode(end));
      }
      int first = Math.min(ends.size(), settings.populationSize() / 2);
      draw.offer(ends.subList(0, first));
      draw.add(settings.populationSize() - draw.size(), () -> codec.random(random));
      return;
    }
    List<List<Integer>> parents =
        ranked.subList(0, Math.min(settings.populationSize(), ranked.size()));
    draw.keep(parents);
    List<List<Integer>> byCost = new ArrayList<>(parents);
    byCost.sort(Comparator.comparingDouble(gene -> candidate(state.evaluated(), gene).cost()));
    CandidateSurrogate surrogate = CandidateSurrogate.of(state.evaluated().values());
    Set<SubTransformer> known = new HashSet<>(state.evaluated().keySet());
    draw.add(
        settings.mutationSize(),
        () -> {
          List<Integer> parent = tournament(parents, random);
          int[] child =
              promising(
                  known, surrogate, () -> mutate(parent, random, MUTATED_PLACES / codec.length()));
          return noted(known, improved(child, known, surrogate));
        });
    draw.add(
        settings.crossoverSize(),
        () -> {
          List<Integer> one = tournament(parents, random);
          List<Integer> other = neighbour(one, byCost, random);
          return noted(known, promising(known, surrogate, () -> cross(one, other, random)));
        });
  }

  private int[] noted(Set<SubTransformer> known, int[] child) {
    known.add(codec.decode(child));
    return child;
  }

  /** Near in cost: what is good for a small model is not for a large one. */
  private static List<Integer> neighbour(
      List<Integer> one, List<List<Integer>> byCost, RandomGenerator random) {
    int place = byCost.indexOf(one);
    int from = Math.max(0, place - REACH);
    int to = Math.min(byCost.size() - 1, place + REACH);
    return byCost.get(from + random.nextInt(to - from + 1));
  }

  /** Of some children that are not known yet the one of which most is expected. */
  private int[] promising(
      Set<SubTransformer> known, CandidateSurrogate surrogate, Supplier<int[]> source) {
    int[] best = null;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0, found = 0; i < DRAWS && found < COMPARED; i++) {
      int[] gene = source.get();
      SubTransformer child = codec.decode(gene);
      if (!known.contains(child)) {
        found++;
        double advantage = surrogate.advantage(child);
        if (advantage > most) {
          best = gene;
          most = advantage;
        }
      }
    }
    return best == null ? source.get() : best;
  }

  /** The best change of one place, again and again, as long as more is expected of the result. */
  private int[] improved(int[] child, Set<SubTransformer> known, CandidateSurrogate surrogate) {
    int[] best = child;
    double most = surrogate.advantage(codec.decode(child));
    int[] from;
    do {
      from = best;
      for (int i = 0; i < from.length; i++) {
        for (int value : codec.choices(i)) {
          int[] gene = from.clone();
          gene[i] = value;
          SubTransformer changed = codec.decode(gene);
          if (!known.contains(changed) && constraint.passesScreens(changed)) {
            double advantage = surrogate.advantage(changed);
            if (advantage > most) {
              best = gene;
              most = advantage;
            }
          }
        }
      }
    } while (best != from);
    return best;
  }

  /** The better of two; parents are in order. */
  private static List<Integer> tournament(List<List<Integer>> parents, RandomGenerator random) {
    int n = parents.size();
    return parents.get(Math.min(random.nextInt(n), random.nextInt(n)));
  }
}
