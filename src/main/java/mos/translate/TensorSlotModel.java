package mos.translate;

import java.util.List;
import mos.kernel.Slots;
import org.bytedeco.pytorch.Tensor;

/** A model whose beams are in tensors of its device: one step of the decoder for all. */
interface TensorSlotModel extends AutoCloseable {
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
