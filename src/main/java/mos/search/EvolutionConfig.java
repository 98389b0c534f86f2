package mos.search;

import mos.base.ConfigurationException;

/**
 * The size of a search.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 4; keys as in HAT's search files.
 *
 * @param populationSize candidates per iteration; the sum of the next three
 * @param parentSize the best, which survive
 * @param mutationSize mutated parents per iteration
 * @param crossoverSize crossed pairs of parents per iteration
 * @param mutationProb probability that a place of the gene is redrawn, 0..1
 * @param iterations iterations, the first with random candidates
 * @param maxTries candidates drawn at most to fill one population under the constraint
 * @param seed makes the search repeatable
 */
public record EvolutionConfig(
    int populationSize,
    int parentSize,
    int mutationSize,
    int crossoverSize,
    double mutationProb,
    int iterations,
    int maxTries,
    long seed) {

  /**
   * @throws ConfigurationException for groups that do not add up to the population, and for values
   *     outside of their ranges
   */
  public EvolutionConfig {
    int sum = parentSize + mutationSize + crossoverSize;
    if (parentSize < 1 || mutationSize < 0 || crossoverSize < 0 || sum != populationSize) {
      throw new ConfigurationException(
          "population-size"
              + ": got "
              + populationSize
              + ", must be parent-size + mutation-size + crossover-size = "
              + parentSize
              + " + "
              + mutationSize
              + " + "
              + crossoverSize);
    }
    if (!(mutationProb >= 0 && mutationProb <= 1) || iterations < 1 || maxTries < 1) {
      throw new ConfigurationException(
          "search: got mutation probability "
              + mutationProb
              + ", "
              + iterations
              + " iterations and "
              + maxTries
              + " tries, must be in 0..1, at least 1 and at least 1");
    }
  }
}
