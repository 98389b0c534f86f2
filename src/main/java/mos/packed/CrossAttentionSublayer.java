package mos.packed;

import mos.kernel.PackedAttention;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.MultiHeadAttention;
import org.bytedeco.pytorch.Tensor;

/** See {@link MultiHeadAttention#cross}. */
final class CrossAttentionSublayer implements Sublayer {
  private final TrainingKernels kernels;
  private final PackedAttention attention;
  private final MultiHeadAttention weights;
  private final MultiHeadAttention gradients;
  private final ResidualNorm norm;
  private final PackedAttention.Shape shape;
  private final Memory.View memory;
  private Tensor input;
  private Tensor query;
  private Tensor keyValue;
  private PackedAttention.Attended attended;

  CrossAttentionSublayer(
      TrainingKernels kernels,
      PackedAttention attention,
      MultiHeadAttention weights,
      MultiHeadAttention gradients,
      ResidualNorm norm,
      PackedAttention.Shape shape,
      Memory.View memory) {
    this.kernels = kernels;
    this.attention = attention;
    this.weights = weights;
    this.gradients = gradients;
    this.norm = norm;
    this.shape = shape;
    this.memory = memory;
  }

  @Override
  public Tensor forward(Tensor x) {
    input = x;
    query = weights.query().apply(x);
    keyValue = weights.keyValue().apply(memory.rows());
    attended = attention.forward(query, part(0), part(1), shape);
    return norm.forward(x, weights.output().apply(attended.output()));
  }

  /** Keys or values, a view. */
  private Tensor part(int index) {
    long width = keyValue.size(1) / 2;
    return keyValue.narrow(1, index * width, width);
  }

  @Override
  public Tensor backward(Tensor gradient) {
    TrainingKernels.NormGradient outer = norm.backward(gradient, gradients.output().bias().get());
    Products.addWeightGradient(outer.sublayer(), attended.output(), gradients.output().weight());
    PackedAttention.Gradient inner =
        attention.backward(
            Products.inputGradient(outer.sublayer(), weights.output()),
            query,
            part(0),
            part(1),
            attended,
            shape);
    Tensor queryGradient =
        kernels.join(new Tensor[] {inner.query()}, gradients.query().bias().get());
    Products.addWeightGradient(queryGradient, input, gradients.query().weight());
    Products.addInputGradient(outer.residual(), queryGradient, weights.query());
    Tensor joined =
        kernels.join(new Tensor[] {inner.key(), inner.value()}, gradients.keyValue().bias().get());
    Products.addWeightGradient(joined, memory.rows(), gradients.keyValue().weight());
    Products.addInputGradient(memory.gradient(), joined, weights.keyValue());
    return outer.residual();
  }
}
