package mos.packed;

import mos.kernel.PackedAttention;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.MultiHeadAttention;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * What self-attention and attention to the encoder share: attention itself, the output projection,
 * residual and norm. They differ in where queries, keys and values come from.
 */
abstract class AttentionSublayer implements Sublayer {
  final TrainingKernels kernels;
  final MultiHeadAttention weights;
  final MultiHeadAttention gradients;
  private final PackedAttention attention;
  private final ResidualNorm norm;
  private final PackedAttention.Shape shape;
  private PackedAttention.Attended attended;

  AttentionSublayer(
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

  /**
   * @param residual of the sublayer's input, to be added to
   * @param attended of queries, keys and values
   */
  record Outer(Tensor residual, PackedAttention.Gradient attended) {}

  /** The sublayer's output from its input and what is projected from it or the memory. */
  final Tensor attend(Tensor x, Tensor query, Tensor key, Tensor value) {
    attended = attention.forward(query, key, value, shape);
    return norm.forward(x, weights.output().apply(attended.output()));
  }

  /** The backward half of {@link #attend}, with the same queries, keys and values. */
  final Outer backward(Tensor gradient, Tensor query, Tensor key, Tensor value) {
    TrainingKernels.NormGradient outer = norm.backward(gradient, gradients.output().bias().get());
    Products.addWeightGradient(outer.sublayer(), attended.output(), gradients.output().weight());
    Tensor inner = Products.inputGradient(outer.sublayer(), weights.output());
    return new Outer(
        outer.residual(), attention.backward(inner, query, key, value, attended, shape));
  }

  /**
   * The gradient of projections and of their bias.
   *
   * @param parts of queries, keys or values, each (N, Q)
   * @param biasGradient (parts·P), added to
   * @return (N, parts·P)
   */
  final Tensor projectionGradient(Tensor[] parts, Tensor biasGradient) {
    long width = biasGradient.size(0) / parts.length;
    if (width == parts[0].size(1)) {
      return kernels.join(parts, biasGradient);
    }
    // What the heads do not use has no gradient.
    Tensor wide = torch.zeros(new long[] {parts[0].size(0), width * parts.length}, options(parts));
    for (int i = 0; i < parts.length; i++) {
      wide.narrow(1, i * width, parts[i].size(1)).copy_(parts[i]);
    }
    Products.addColumnSums(biasGradient, wide);
    return wide;
  }

  private static TensorOptions options(Tensor[] parts) {
    return Tensors.options(parts[0].scalar_type(), parts[0].device());
  }
}
