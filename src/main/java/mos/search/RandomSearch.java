package mos.search;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * Random search with the budget of the evolutionary one: a population at first, then as many new
 * candidates per iteration as mutations and crossovers would be. A baseline.
 */
public final class RandomSearch extends ArchitectureSearch {
  /** A search; nothing runs yet. See {@link EvolutionarySearch}. */
  public RandomSearch(
      SearchSpace space,
      EvolutionConfig settings,
      Fitness fitness,
      Constraint constraint,
      Function<SubTransformer, Map<String, Double>> figures) {
    super(space, settings, fitness, constraint, figures);
  }

  /** Candidates of the whole search, at most. */
  public long candidates() {
    return IntStream.range(0, settings.iterations()).mapToLong(this::size).sum();
  }

  @Override
  int size(int iteration) {
    return iteration == 0
        ? settings.populationSize()
        : settings.mutationSize() + settings.crossoverSize();
  }

  @Override
  void propose(
      SearchState state, List<List<Integer>> ranked, RandomGenerator random, ConstrainedDraw draw) {
    draw.add(size(state.iteration()), () -> codec.random(random));
  }
}
