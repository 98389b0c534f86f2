package mos.translate;

import java.util.List;
import mos.kernel.Slots;
import org.bytedeco.pytorch.Tensor;

/**
 * What a batch search asks of a translation model: the encoder for some sentences, and one step of
 * the decoder for all. Everything else, beams and their ends, is not the model's business; so any
 * runtime can stand in.
 */
interface SlotModel extends AutoCloseable {
  /**
   * Runs the encoder and keeps what the decoder reads of it.
   *
   * @param sources each with its closing EOS
   * @param places of each, free ones
   */
  void encode(List<int[]> sources, int[] places);

  /**
   * Reads the next token of every beam of the first {@code n} active sentences.
   *
   * @return contiguous (n·beam, V) logits of the token after it, of the innermost open scope; may
   *     be overwritten
   */
  Tensor logits(Slots slots, int n);

  /** Moves a sentence, with its place, to the slot and place of another number. */
  void move(int from, int to);

  @Override
  void close();
}
