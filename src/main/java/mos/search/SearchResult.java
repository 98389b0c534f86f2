package mos.search;

import java.util.List;

/**
 * What a search found.
 *
 * @param best the candidate with the lowest loss of all evaluated ones
 * @param evaluated all candidates in the order of scoring
 * @param population the last iteration's candidates, best first; equal ones are repeated
 */
public record SearchResult(Candidate best, List<Candidate> evaluated, List<Candidate> population) {

  /** Keeps copies of the lists. */
  public SearchResult {
    evaluated = List.copyOf(evaluated);
    population = List.copyOf(population);
  }
}
