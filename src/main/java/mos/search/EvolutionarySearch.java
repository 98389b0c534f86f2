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
      EvolutionSettings settings,
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
      int iteration, List<List<Integer>> ranked, RandomGenerator random, ConstrainedDraw draw) {
    if (ranked.isEmpty()) {
      draw.add(settings.populationSize(), () -> codec.random(random));
      return;
    }
    List<List<Integer>> parents = ranked.subList(0, Math.min(settings.parentSize(), ranked.size()));
    draw.keep(parents);
    draw.add(settings.mutationSize(), () -> mutate(pick(parents, random), random));
    draw.add(
        settings.crossoverSize(),
        () -> cross(pick(parents, random), pick(parents, random), random));
  }

  private static List<Integer> pick(List<List<Integer>> parents, RandomGenerator random) {
    return parents.get(random.nextInt(parents.size()));
  }

  /** Every place redrawn with the mutation probability. */
  private int[] mutate(List<Integer> parent, RandomGenerator random) {
    int[] gene = new int[codec.length()];
    for (int i = 0; i < gene.length; i++) {
      boolean redrawn = random.nextDouble() < settings.mutationProb();
      gene[i] = redrawn ? codec.draw(i, random) : parent.get(i);
    }
    return gene;
  }

  /** Uniform crossover: every place from one parent or the other. */
  private int[] cross(List<Integer> one, List<Integer> other, RandomGenerator random) {
    int[] gene = new int[codec.length()];
    for (int i = 0; i < gene.length; i++) {
      gene[i] = random.nextBoolean() ? one.get(i) : other.get(i);
    }
    return gene;
  }
}
