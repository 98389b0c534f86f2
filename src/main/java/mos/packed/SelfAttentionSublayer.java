package mos.packed;

import mos.kernel.PackedAttention;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.MultiHeadAttention;
import org.bytedeco.pytorch.Tensor;

/** See {@link MultiHeadAttention#self}. */
final class SelfAttentionSublayer implements Sublayer {
  private final TrainingKernels kernels;
  private final PackedAttention attention;
  private final MultiHeadAttention weights;
  private final MultiHeadAttention gradients;
  private final ResidualNorm norm;
  private final PackedAttention.Shape shape;
  private Tensor input;
  private Tensor projected;
  private PackedAttention.Attended attended;

  SelfAttentionSublayer(
      TrainingKernels kernels,
      PackedAttention attention,
      MultiHeadAttention weights,
      MultiHeadAttention gradients,
      ResidualNorm norm,
      PackedAttention.Shape shape) {
    this.kernels = kernels;
    this.attention = attention;
    this.weights = weights;
    this.gradients = gradients;
    this.norm = norm;
    this.shape = shape;
  }

  @Override
  public Tensor forward(Tensor x) {
    input = x;
    projected = weights.keyValue().apply(x);
    attended = attention.forward(part(0), part(1), part(2), shape);
    return norm.forward(x, weights.output().apply(attended.output()));
  }

  /** Queries, keys or values, a view. */
  private Tensor part(int index) {
    long width = projected.size(1) / 3;
    return projected.narrow(1, index * width, width);
  }

  @Override
  public Tensor backward(Tensor gradient) {
    TrainingKernels.NormGradient outer = norm.backward(gradient, gradients.output().bias().get());
    Products.addWeightGradient(outer.sublayer(), attended.output(), gradients.output().weight());
    PackedAttention.Gradient inner =
        attention.backward(
            Products.inputGradient(outer.sublayer(), weights.output()),
            part(0),
            part(1),
            part(2),
            attended,
            shape);
    Tensor joined =
        kernels.join(
            new Tensor[] {inner.query(), inner.key(), inner.value()},
            gradients.keyValue().bias().get());
    Products.addWeightGradient(joined, input, gradients.keyValue().weight());
    Products.addInputGradient(outer.residual(), joined, weights.keyValue());
    return outer.residual();
  }
}
