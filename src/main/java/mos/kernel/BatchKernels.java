package mos.kernel;

import mos.nn.LayerNorm;
import mos.nn.Linear;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The operations of one decoder step for the first n active sentences of {@link Slots}, N = n·beam
 * rows. Without gradients. Returned tensors belong to the innermost open scope.
 *
 * <p>Self-attention's keys and values stay where they are written; {@link Slots#ancestors} says
 * which of them a beam descends from.
 */
public interface BatchKernels {
  /**
   * The fastest ones for tensors of a device and compute type.
   *
   * @param beam of a GPU's at most {@link CudaBatchKernels#MAX_BEAM}
   */
  static BatchKernels of(Device device, ScalarType type, int beam) {
    return device.is_cpu() ? new TensorBatchKernels() : CudaBatchKernels.of(type, beam);
  }

  /** Whether a GPU's kernels compute beams of this number and attention of this form. */
  static boolean onGpu(int beam, long width, long heads) {
    return CudaBatchKernels.fits(beam, width, heads);
  }

  /**
   * Token embeddings scaled by √D, plus those of each sentence's step.
   *
   * @param n sentences
   * @param table (V, D)
   * @param positions (P, D)
   * @return (N, D)
   */
  Tensor embed(Slots slots, int n, Tensor table, Tensor positions);

  /**
   * An affine map.
   *
   * @param x (N, in)
   * @param relu whether negative outputs become 0
   * @return (N, out)
   */
  Tensor linear(Tensor x, Linear map, boolean relu);

  /**
   * Layer norm of a sum.
   *
   * @param sublayer (N, D)
   * @param residual (N, D)
   * @return (N, D)
   */
  Tensor addNorm(Tensor sublayer, Tensor residual, LayerNorm norm);

  /**
   * Adds the entries of a step, then lets every beam attend to those it descends from.
   *
   * @param projected contiguous (N, 3Q): queries, keys, values
   * @param cache (slots, capacity, beam, 2Q), keys and values; the step's are written
   * @return (N, Q)
   */
  Tensor attendSelf(Slots slots, int n, Tensor projected, Tensor cache, int heads);

  /**
   * Lets all beams attend to the encoder's outputs.
   *
   * @param query contiguous (N, Q)
   * @param cache (places, S, attended, 2Q), keys and values of each token's outputs of {@code
   *     attended} layers; those of a sentence's length are in use
   * @return (N, Q)
   */
  Tensor attendEncoder(Slots slots, int n, Tensor query, Tensor cache, int heads);
}
