package mos.packed;

import mos.kernel.Dropout;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.FeedForward;
import mos.space.Activation;
import org.bytedeco.pytorch.Tensor;

/** One {@link FeedForward} of a pass, with what its backward half needs. */
final class ExpertPass {
  private final TrainingKernels kernels;
  private final FeedForward weights;
  private final FeedForward gradients;
  private final Dropout activation;
  private Tensor input;
  private Tensor hidden;
  private Tensor linear;

  ExpertPass(
      TrainingKernels kernels, FeedForward weights, FeedForward gradients, Dropout activation) {
    this.kernels = kernels;
    this.weights = weights;
    this.gradients = gradients;
    this.activation = activation;
  }

  /** (N, D) → (N, D). */
  Tensor forward(Tensor x) {
    input = x;
    if (weights.activation() == Activation.RELU) {
      hidden = Products.linearRelu(x, weights.fc1());
    } else {
      linear = weights.fc1().apply(x);
      hidden = weights.activate(linear);
    }
    kernels.dropout(hidden, activation);
    return weights.fc2().apply(hidden);
  }

  /**
   * Adds the gradients of all weights but fc2's bias.
   *
   * @param gradient (N, D), of the output
   * @return (N, F), of what fc1 gives
   */
  Tensor backward(Tensor gradient) {
    Products.addWeightGradient(gradient, hidden, gradients.fc2().weight());
    Tensor inner = Products.inputGradient(gradient, weights.fc2());
    if (weights.activation() == Activation.RELU) {
      kernels.reluBackward(inner, hidden, gradients.fc1().bias().get(), activation.rate());
    } else {
      kernels.dropout(inner, activation);
      inner = weights.activateBackward(inner, linear);
      Products.addColumnSums(gradients.fc1().bias().get(), inner);
    }
    Products.addWeightGradient(inner, input, gradients.fc1().weight());
    return inner;
  }
}
