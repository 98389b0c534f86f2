package mos.search;

/** Hears of a search's progress. */
public interface SearchListener {
  /** Ignores everything. */
  SearchListener NONE = new SearchListener() {};

  /** A candidate was drawn: {@code found} of {@code wanted} meet the constraint so far. */
  default void drawn(int found, int wanted, int tries) {}

  /** An iteration is done; the place to save {@code state}. */
  default void iterationDone(SearchState state, Candidate best) {}
}
