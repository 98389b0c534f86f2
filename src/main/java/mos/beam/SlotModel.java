package mos.beam;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * A translation model with room for some sentences, each in a place of its own, whose scores are in
 * the host's memory. Keys and values stay where they are when beams change: what each beam descends
 * from is told at every step. Everything else, beams and their ends, is not the model's business.
 * Used by one thread at a time.
 */
public interface SlotModel extends AutoCloseable {
  /**
   * Runs the encoder and keeps what the decoder reads of it.
   *
   * @param sources each with its closing EOS
   * @param places of each, free ones
   */
  void encode(List<int[]> sources, int[] places);

  /**
   * Reads the next token of every beam of the sentences in the first {@code n} places.
   *
   * @param n sentences, at least 1
   * @param taken (n): steps that each sentence has taken; at 0 its caches hold nothing
   * @param tokens (n, beam): what is read
   * @param ancestors for beam b of place i, from (i·beam + b)·stride on: which beam of each earlier
   *     step it descends from, {@code taken[i]} numbers; what follows them has no meaning
   * @return (N, V) logits or log-probabilities of the token after it, from index 0 to the limit;
   *     valid until the next call
   */
  FloatBuffer step(int n, int[] taken, int[] tokens, int[] ancestors, int stride);

  /** Moves a sentence to a free place. */
  void move(int from, int to);

  @Override
  void close();
}
