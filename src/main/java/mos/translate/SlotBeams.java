package mos.translate;

import java.util.List;
import mos.kernel.Slots.Start;

/**
 * The beams of sentences in slots. Use: {@link #done}, then {@link #go}, then {@link #results}, and
 * again.
 */
interface SlotBeams extends AutoCloseable {
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
