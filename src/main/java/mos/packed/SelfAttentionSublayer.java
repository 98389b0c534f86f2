package mos.packed;

import mos.kernel.PackedAttention;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.MultiHeadAttention;
import org.bytedeco.pytorch.Tensor;

/** See {@link MultiHeadAttention#self}. */
final class SelfAttentionSublayer extends AttentionSublayer {
  private Tensor input;
  private Tensor projected;

  SelfAttentionSublayer(
      TrainingKernels kernels,
      PackedAttention attention,
      MultiHeadAttention weights,
      MultiHeadAttention gradients,
      ResidualNorm norm,
      PackedAttention.Shape shape) {
    super(kernels, attention, weights, gradients, norm, shape);
  }

  @Override
  public Tensor forward(Tensor x) {
    input = x;
    projected = weights.keyValue().apply(x);
    return attend(x, part(0), part(1), part(2));
  }

  /** Queries, keys or values, a view. */
  private Tensor part(int index) {
    return weights.part(projected, 3, index);
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Outer outer = backward(gradient, part(0), part(1), part(2));
    PackedAttention.Gradient inner = outer.attended();
    Tensor joined =
        projectionGradient(
            new Tensor[] {inner.query(), inner.key(), inner.value()},
            gradients.keyValue().bias().get());
    Products.addWeightGradient(joined, input, gradients.keyValue().weight());
    Products.addInputGradient(outer.residual(), joined, weights.keyValue());
    return outer.residual();
  }
}
