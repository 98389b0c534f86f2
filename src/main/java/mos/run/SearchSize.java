package mos.run;

/**
 * The size of a search.
 *
 * @param iterations of it
 * @param population candidates of an iteration
 */
record SearchSize(int iterations, int population) {
  private static final int FEWEST_ITERATIONS = 3;
  private static final int SMALLEST_POPULATION = 5;

  /**
   * The largest, no larger than this, that scores no more candidates: fewer iterations first, then
   * smaller ones.
   *
   * @param candidates that there is time for
   */
  SearchSize within(double candidates) {
    double fitting = candidates / population;
    if (fitting >= Math.min(iterations, FEWEST_ITERATIONS)) {
      return new SearchSize((int) Math.min(iterations, fitting), population);
    }
    int few = Math.min(iterations, FEWEST_ITERATIONS);
    int small = (int) Math.max(SMALLEST_POPULATION, candidates / few);
    return new SearchSize(few, Math.min(population, small));
  }

  int candidates() {
    return iterations * population;
  }

  /** A fifth of a population survives, as in HAT's search. */
  int parents() {
    return Math.max(1, population / 5);
  }

  int mutations() {
    return (population - parents()) / 2;
  }

  int crossovers() {
    return population - parents() - mutations();
  }
}
