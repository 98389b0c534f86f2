package mos.packed;

import mos.kernel.PackedAttention;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.MultiHeadAttention;
import org.bytedeco.pytorch.Tensor;

/** See {@link MultiHeadAttention#cross}. */
final class CrossAttentionSublayer extends AttentionSublayer {
  private final Memory.View memory;
  private Tensor input;
  private Tensor query;
  private Tensor keyValue;

  CrossAttentionSublayer(
      TrainingKernels kernels,
      PackedAttention attention,
      MultiHeadAttention weights,
      MultiHeadAttention gradients,
      ResidualNorm norm,
      PackedAttention.Shape shape,
      Memory.View memory) {
    super(kernels, attention, weights, gradients, norm, shape);
    this.memory = memory;
  }

  @Override
  public Tensor forward(Tensor x) {
    input = x;
    query = weights.query().apply(x);
    keyValue = weights.keyValue().apply(memory.rows());
    return attend(x, queries(), weights.part(keyValue, 2, 0), weights.part(keyValue, 2, 1));
  }

  private Tensor queries() {
    return weights.part(query, 1, 0);
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Outer outer =
        backward(gradient, queries(), weights.part(keyValue, 2, 0), weights.part(keyValue, 2, 1));
    PackedAttention.Gradient inner = outer.attended();
    Tensor queryGradient =
        projectionGradient(new Tensor[] {inner.query()}, gradients.query().bias().get());
    Products.addWeightGradient(queryGradient, input, gradients.query().weight());
    Products.addInputGradient(outer.residual(), queryGradient, weights.query());
    Tensor joined =
        projectionGradient(
            new Tensor[] {inner.key(), inner.value()}, gradients.keyValue().bias().get());
    Products.addWeightGradient(joined, memory.rows(), gradients.keyValue().weight());
    Products.addInputGradient(memory.gradient(), joined, weights.keyValue());
    return outer.residual();
  }
}
