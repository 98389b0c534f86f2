package mos.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import mos.base.MosException;
import mos.base.Seeds;
import mos.space.GeneCodec;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * A search in iterations: propose a population that meets the constraint, score what is new in it.
 * Randomness is seeded per iteration and everything else is in the {@link SearchState}, so that a
 * resumed search equals an uninterrupted one.
 */
public abstract sealed class ArchitectureSearch
    permits EvolutionarySearch, ParetoSearch, RandomSearch {
  private static final Comparator<Candidate> BY_LOSS = Comparator.comparingDouble(Candidate::loss);

  final GeneCodec codec;
  final EvolutionConfig settings;
  final Constraint constraint;
  private final Fitness fitness;
  private final Function<SubTransformer, Map<String, Double>> figures;

  ArchitectureSearch(
      SearchSpace space,
      EvolutionConfig settings,
      Fitness fitness,
      Constraint constraint,
      Function<SubTransformer, Map<String, Double>> figures) {
    this.codec = new GeneCodec(space);
    this.settings = settings;
    this.fitness = fitness;
    this.constraint = constraint;
    this.figures = figures;
  }

  /** How many candidates iteration {@code iteration} has. */
  abstract int size(int iteration);

  /**
   * Fills {@code draw} with the next population.
   *
   * @param state after the last iteration
   * @param ranked its population, best first
   */
  abstract void propose(
      SearchState state, List<List<Integer>> ranked, RandomGenerator random, ConstrainedDraw draw);

  /** The genes of a population, best first. */
  List<List<Integer>> ranked(SearchState state) {
    List<List<Integer>> ranked = new ArrayList<>(state.population());
    ranked.sort(Comparator.comparing(gene -> candidate(state.evaluated(), gene), BY_LOSS));
    return ranked;
  }

  /** The search from the beginning. */
  public SearchResult run(SearchListener listener) {
    return resume(SearchState.empty(), listener);
  }

  /**
   * Continues after {@code state} to the settings' number of iterations.
   *
   * @throws MosException when no candidate meets the constraint, none has a finite loss, or the
   *     state does not fit the search space
   */
  public SearchResult resume(SearchState state, SearchListener listener) {
    state.population().forEach(gene -> candidate(state.evaluated(), gene));
    SearchState current = state;
    while (current.iteration() < settings.iterations()) {
      current = step(current, listener);
      listener.iterationDone(current, best(current));
    }
    List<Candidate> population = new ArrayList<>();
    for (List<Integer> gene : current.population()) {
      population.add(candidate(current.evaluated(), gene));
    }
    population.sort(BY_LOSS);
    return new SearchResult(
        best(current), new ArrayList<>(current.evaluated().values()), population);
  }

  private SearchState step(SearchState state, SearchListener listener) {
    int iteration = state.iteration();
    Map<SubTransformer, Double> costs = new LinkedHashMap<>(state.costs());
    ConstrainedDraw draw =
        new ConstrainedDraw(
            codec, constraint, settings.maxTries(), size(iteration), listener, costs);
    long seed = Seeds.derive(settings.seed(), "architecture search", iteration);
    propose(state, ranked(state), new SplittableRandom(seed), draw);
    List<List<Integer>> population = draw.genes();
    Map<SubTransformer, Candidate> evaluated = new LinkedHashMap<>(state.evaluated());
    score(iteration, population, costs, evaluated);
    return new SearchState(iteration + 1, population, evaluated, costs);
  }

  private void score(
      int iteration,
      List<List<Integer>> population,
      Map<SubTransformer, Double> costs,
      Map<SubTransformer, Candidate> evaluated) {
    Set<SubTransformer> unscored = new LinkedHashSet<>();
    for (List<Integer> gene : population) {
      unscored.add(decode(gene));
    }
    unscored.removeAll(evaluated.keySet());
    if (unscored.isEmpty()) {
      return;
    }
    List<SubTransformer> batch = List.copyOf(unscored);
    double[] losses = fitness.score(batch);
    if (losses.length != batch.size()) {
      throw new IllegalStateException(losses.length + " scores for " + batch.size());
    }
    for (int i = 0; i < losses.length; i++) {
      SubTransformer a = batch.get(i);
      evaluated.put(a, new Candidate(a, losses[i], costs.get(a), iteration, figures.apply(a)));
    }
  }

  /** Every place redrawn with a probability. */
  final int[] mutate(List<Integer> parent, RandomGenerator random, double probability) {
    int[] gene = new int[codec.length()];
    for (int i = 0; i < gene.length; i++) {
      boolean redrawn = random.nextDouble() < probability;
      gene[i] = redrawn ? codec.draw(i, random) : parent.get(i);
    }
    return gene;
  }

  /** Uniform crossover: every place from one parent or the other. */
  final int[] cross(List<Integer> one, List<Integer> other, RandomGenerator random) {
    int[] gene = new int[codec.length()];
    for (int i = 0; i < gene.length; i++) {
      gene[i] = random.nextBoolean() ? one.get(i) : other.get(i);
    }
    return gene;
  }

  final Candidate candidate(Map<SubTransformer, Candidate> evaluated, List<Integer> gene) {
    Candidate candidate = evaluated.get(decode(gene));
    if (candidate == null) {
      throw new MosException("search state: a candidate of the population has no score");
    }
    return candidate;
  }

  final SubTransformer decode(List<Integer> gene) {
    return codec.decode(gene.stream().mapToInt(Integer::intValue).toArray());
  }

  private static Candidate best(SearchState state) {
    Candidate best = state.evaluated().values().stream().min(BY_LOSS).orElseThrow();
    if (Double.isInfinite(best.loss())) {
      throw new MosException(
          "search: none of " + state.evaluated().size() + " candidates has a finite loss");
    }
    return best;
  }
}
