package mos.beam;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Translates any number of sentences, whatever computes. Used by one thread at a time. */
public interface Translator extends AutoCloseable {
  /**
   * Translates {@code sources}, each with its closing EOS.
   *
   * @return per source up to {@code nBest} hypotheses, the best first
   */
  default List<List<Hypothesis>> translate(List<int[]> sources) {
    List<List<Hypothesis>> results = new ArrayList<>(Collections.nCopies(sources.size(), null));
    translate(sources, results::set);
    return results;
  }

  /**
   * Translates {@code sources}, each with its closing EOS, and tells what it finds while it goes
   * on.
   *
   * @param found told of each source's up to {@code nBest} hypotheses, the best first, in the order
   *     in which they are finished; what it throws ends the work
   */
  void translate(List<int[]> sources, BatchSearch.Found found);

  @Override
  void close();
}
