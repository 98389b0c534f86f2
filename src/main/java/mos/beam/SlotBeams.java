package mos.beam;

import java.util.List;

/**
 * A model and the beams of its sentences in slots. Use: {@link #encode} for sentences to come, then
 * {@link #done}, {@link #go}, {@link #results}, and again.
 */
public interface SlotBeams extends AutoCloseable {
  /** As {@link SlotModel#encode}; may return before that is done. */
  void encode(List<int[]> sources, int[] places);

  /** Waits for the steps given last; which of their slots hold a finished sentence, ascending. */
  int[] done();

  /**
   * Keeps what finished sentences have found, begins others, and takes the active ones some steps
   * further; may return before that is done.
   *
   * @param finished what {@link #done} returned
   * @param starts sentences that begin, in slots without a running one
   * @param active all slots with a running sentence, ascending
   */
  void go(int[] finished, List<Start> starts, int[] active);

  /** N-best lists of the slots that {@link #go} was told are finished, in that order. */
  List<List<Hypothesis>> results();

  /**
   * Whether the active slots must be the first ones, to which {@link #move} brings them; each
   * sentence's place then has the number of its slot.
   */
  boolean dense();

  /** Moves a running sentence to a free slot. */
  void move(int from, int to);

  @Override
  void close();
}
