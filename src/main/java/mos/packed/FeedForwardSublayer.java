package mos.packed;

import mos.kernel.Dropout;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.Activation;
import mos.nn.FeedForward;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** See {@link FeedForward}. */
final class FeedForwardSublayer implements Sublayer {
  private final TrainingKernels kernels;
  private final FeedForward weights;
  private final FeedForward gradients;
  private final ResidualNorm norm;
  private final Dropout activation;
  private Tensor input;
  private Tensor hidden;
  private Tensor linear;

  FeedForwardSublayer(
      TrainingKernels kernels,
      FeedForward weights,
      FeedForward gradients,
      ResidualNorm norm,
      Dropout activation) {
    this.kernels = kernels;
    this.weights = weights;
    this.gradients = gradients;
    this.norm = norm;
    this.activation = activation;
  }

  @Override
  public Tensor forward(Tensor x) {
    input = x;
    if (weights.activation() == Activation.RELU) {
      hidden = Products.linearRelu(x, weights.fc1());
    } else {
      linear = weights.fc1().apply(x);
      hidden = weights.activation().apply(linear);
    }
    kernels.dropout(hidden, activation);
    return norm.forward(x, weights.fc2().apply(hidden));
  }

  @Override
  public Tensor backward(Tensor gradient) {
    TrainingKernels.NormGradient outer = norm.backward(gradient, gradients.fc2().bias().get());
    Products.addWeightGradient(outer.sublayer(), hidden, gradients.fc2().weight());
    Tensor inner = Products.inputGradient(outer.sublayer(), weights.fc2());
    if (weights.activation() == Activation.RELU) {
      kernels.reluBackward(inner, hidden, gradients.fc1().bias().get(), activation.rate());
    } else {
      kernels.dropout(inner, activation);
      inner = weights.activation().backward(inner, linear);
      Tensor sums = inner.sum(new long[] {0}, false, new ScalarTypeOptional(ScalarType.Float));
      gradients.fc1().bias().get().add_(sums);
    }
    Products.addWeightGradient(inner, input, gradients.fc1().weight());
    Products.addInputGradient(outer.residual(), inner, weights.fc1());
    return outer.residual();
  }
}
