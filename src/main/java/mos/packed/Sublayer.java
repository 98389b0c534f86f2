package mos.packed;

import org.bytedeco.pytorch.Tensor;

/** A sublayer of one pass with what its backward half needs: norm(x + dropout(f(x))). */
interface Sublayer {
  /** (N, D) → (N, D). */
  Tensor forward(Tensor x);

  /**
   * Adds the gradients of its weights; {@link PackedPass} sees to it that it runs once, after
   * {@link #forward}.
   *
   * @param gradient (N, D), of the output
   * @return that of the input
   */
  Tensor backward(Tensor gradient);
}
