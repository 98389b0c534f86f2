package mos.kernel;

import mos.nn.LayerNorm;
import mos.nn.Linear;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The operations of one decoder step for the R beams of one sentence, on tensors of fixed places
 * and shapes, so that a step can be recorded once and replayed. Without gradients. Returned tensors
 * belong to the innermost open scope.
 *
 * <p>Self-attention's keys and values stay where they are written, at entry {@code step · R +
 * beam}; {@code ancestors} (R, steps) int64 says which beam of every earlier step each beam
 * descends from.
 */
public interface StepKernels {
  /** The fastest ones for tensors of a device and compute type, and for so many rows. */
  static StepKernels of(Device device, ScalarType type, int rows) {
    return device.is_cpu() || rows > CudaStepKernels.MAX_ROWS
        ? new TensorStepKernels()
        : CudaStepKernels.of(type, rows);
  }

  /**
   * What {@link #normLinear} makes.
   *
   * @param input (R, in), the normalised sum
   * @param output (R, out)
   */
  record Normed(Tensor input, Tensor output) {}

  /**
   * Best continuations, the best first.
   *
   * @param tokens (k) int64
   * @param rows (k) int64, the beams that they continue
   */
  record Continuations(Tensor tokens, Tensor rows) {}

  /**
   * Token embeddings scaled by √D, plus those of one position.
   *
   * @param tokens (R) int64
   * @param position (1) int64
   * @param table (V, D)
   * @param positions (P, D)
   * @return (R, D)
   */
  Tensor embed(Tensor tokens, Tensor position, Tensor table, Tensor positions);

  /**
   * An affine map, plus what it goes past.
   *
   * @param x (R, in)
   * @param residual (R, out), or null
   * @return (R, out)
   */
  Tensor linear(Tensor x, Linear map, Tensor residual);

  /**
   * An affine map of a normalised sum.
   *
   * @param sum (R, in)
   * @param relu whether negative outputs become 0
   */
  Normed normLinear(Tensor sum, LayerNorm norm, Linear map, boolean relu);

  /**
   * Adds the entries of a step, then lets every beam attend to those it descends from.
   *
   * @param projected contiguous (R, 3Q): queries, keys, values
   * @param cache (2, H, steps · R, K), keys and values; the step's are written
   * @param ancestors (R, steps) int64; the step's column is written
   * @param step (1) int64
   * @return (R, Q)
   */
  Tensor attendSelf(Tensor projected, Tensor cache, Tensor ancestors, Tensor step);

  /**
   * Lets all beams attend to the encoder's outputs.
   *
   * @param query contiguous (R, Q)
   * @param cache (2, H, places, K), keys and values
   * @param count (1) int64, how many places are in use, the first ones
   * @return (R, Q)
   */
  Tensor attendEncoder(Tensor query, Tensor cache, Tensor count);

  /**
   * The {@code k} continuations of largest log-probability.
   *
   * @param logits contiguous (R, V)
   * @param k at most R · V
   */
  Continuations best(Tensor logits, int k);
}
