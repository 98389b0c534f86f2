package mos.translate;

import org.bytedeco.pytorch.Tensor;

/**
 * The decoder, one token at a time for all beams of a batch; N rows, those of one sentence
 * adjacent.
 */
interface StepDecoder extends AutoCloseable {
  /**
   * Reads the next token of every row.
   *
   * @param tokens (N) int64; in the first step the start symbol
   * @return (N, V) logits of the token after it, valid until the next step; may be overwritten
   */
  Tensor step(Tensor tokens);

  /**
   * Replaces beams by continuations of others: row i goes on from what was row {@code order[i]}.
   *
   * @param order (N) int64; each row must come from its own sentence
   */
  void reorder(Tensor order);

  /**
   * Drops all sentences but some; the rows close up.
   *
   * @param kept positions among the present sentences, ascending
   */
  void keep(int[] kept);

  @Override
  void close();
}
