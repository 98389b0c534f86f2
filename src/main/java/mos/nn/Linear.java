package mos.nn;

import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * An affine map.
 *
 * @param weight (out, in)
 * @param bias (out), or none
 */
public record Linear(Tensor weight, TensorOptional bias) {
  /**
   * With a bias.
   *
   * @param weight (out, in)
   * @param bias (out)
   */
  public static Linear of(Tensor weight, Tensor bias) {
    return new Linear(weight, Tensors.optional(bias));
  }

  /** (…, in) → (…, out). */
  public Tensor apply(Tensor x) {
    return torch.linear(x, weight, bias);
  }
}
