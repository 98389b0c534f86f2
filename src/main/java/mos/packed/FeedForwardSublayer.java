package mos.packed;

import mos.kernel.Dropout;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.FeedForward;
import org.bytedeco.pytorch.Tensor;

/** See {@link FeedForward}. */
final class FeedForwardSublayer implements Sublayer {
  private final FeedForward weights;
  private final FeedForward gradients;
  private final ExpertPass pass;
  private final ResidualNorm norm;

  FeedForwardSublayer(
      TrainingKernels kernels,
      FeedForward weights,
      FeedForward gradients,
      ResidualNorm norm,
      Dropout activation) {
    this.weights = weights;
    this.gradients = gradients;
    this.pass = new ExpertPass(kernels, weights, gradients, activation);
    this.norm = norm;
  }

  @Override
  public Tensor forward(Tensor x) {
    return norm.forward(x, pass.forward(x));
  }

  @Override
  public Tensor backward(Tensor gradient) {
    TrainingKernels.NormGradient outer = norm.backward(gradient, gradients.fc2().bias().get());
    Tensor inner = pass.backward(outer.sublayer());
    Products.addInputGradient(outer.residual(), inner, weights.fc1());
    return outer.residual();
  }
}
