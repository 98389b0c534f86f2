package mos.search;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * Evolutionary search: the best candidates survive, the others are replaced by mutations and
 * crossovers of them. Candidates that miss the constraint are redrawn.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.3. We differ in bounding the redraws and in
 * scoring equal SubTransformers once.
 */
public final class EvolutionarySearch extends ArchitectureSearch {
  /**
   * A search; nothing runs yet.
   *
   * @param figures further numbers to keep of every scored candidate, e.g. params and flops
   */
  public EvolutionarySearch(
      SearchSpace space,
      EvolutionConfig settings,
      Fitness fitness,
      Constraint constraint,
      Function<SubTransformer, Map<String, Double>> figures) {
    super(space, settings, fitness, constraint, figures);
  }

  @Override
  int size(int iteration) {
    return settings.populationSize();
  }

  @Override
  void propose(
      SearchState state, List<List<Integer>> ranked, RandomGenerator random, ConstrainedDraw draw) {
    if (ranked.isEmpty()) {
      draw.add(settings.populationSize(), () -> codec.random(random));
      return;
    }
    List<List<Integer>> parents = ranked.subList(0, Math.min(settings.parentSize(), ranked.size()));
    draw.keep(parents);
    draw.add(
        settings.mutationSize(),
        () -> mutate(pick(parents, random), random, settings.mutationProb()));
    draw.add(
        settings.crossoverSize(),
        () -> cross(pick(parents, random), pick(parents, random), random));
  }

  private static List<Integer> pick(List<List<Integer>> parents, RandomGenerator random) {
    return parents.get(random.nextInt(parents.size()));
  }
}
