package mos.kernel;

import java.util.List;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Sentences that are decoded together, each in a slot and at a step of its own, as a step of the
 * decoder reads them. All int32 and in fixed places, so that steps can be recorded. N rows of a
 * step are the beams of the active slots.
 *
 * @param count slots
 * @param beam beams of each sentence
 * @param steps most steps that a sentence takes
 * @param active (count): the slot of a step's i-th sentence; −1 for none, whose rows are then
 *     skipped by kernels for a GPU
 * @param step (count): steps that a slot's sentence has taken
 * @param place (count): where the encoder's keys and values of the sentence are
 * @param length (count): tokens of its source
 * @param tokens (count, beam): what is read next
 * @param ancestors (count, beam, steps): which beam of every earlier step each beam descends from
 */
public record Slots(
    int count,
    int beam,
    int steps,
    Tensor active,
    Tensor step,
    Tensor place,
    Tensor length,
    Tensor tokens,
    Tensor ancestors)
    implements AutoCloseable {

  /**
   * What limits continuations.
   *
   * @param minLength fewest tokens before the end symbol
   * @param unkPenalty subtracted from the unknown symbol's score
   * @param ngram no n-gram of this size occurs twice; 0: any may
   */
  public record Rules(int minLength, float unkPenalty, int ngram) {}

  /** All slots free. */
  public static Slots of(Device device, int count, int beam, int steps) {
    try (Scope scope = Scope.open()) {
      return new Slots(
          count,
          beam,
          steps,
          zeros(device, count),
          zeros(device, count),
          zeros(device, count),
          zeros(device, count),
          zeros(device, count, beam),
          zeros(device, count, beam, steps));
    }
  }

  private static Tensor zeros(Device device, long... shape) {
    return Scope.own(Tensors.zeros(ScalarType.Int, device, shape));
  }

  @Override
  public void close() {
    List.of(active, step, place, length, tokens, ancestors).forEach(Tensor::close);
  }
}
