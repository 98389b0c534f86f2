package mos.nn;

import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Layer normalisation over the last dimension, ε = 1e-5.
 *
 * <p>Source: Ba et al., Layer Normalization (2016).
 */
public record LayerNorm(long[] shape, TensorOptional weight, TensorOptional bias) {
  private static final double EPSILON = 1e-5;

  /**
   * @param weight (D)
   * @param bias (D)
   */
  public static LayerNorm of(Tensor weight, Tensor bias) {
    return new LayerNorm(
        new long[] {weight.numel()}, Tensors.optional(weight), Tensors.optional(bias));
  }

  /** (…, D) → (…, D). */
  public Tensor apply(Tensor x) {
    return torch.layer_norm(x, shape, weight, bias, EPSILON, false);
  }
}
