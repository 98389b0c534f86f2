package mos.nn;

import mos.space.Activation;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What an {@link Activation} does to each number, and its gradient. */
final class ActivationFunction {
  private ActivationFunction() {}

  static Tensor apply(Activation activation, Tensor x) {
    return switch (activation) {
      case RELU -> torch.relu(x);
      case GELU -> torch.gelu(x);
      case SWISH -> torch.silu(x);
    };
  }

  /**
   * The gradient of {@code x}.
   *
   * @param gradient of {@link #apply}'s result
   */
  static Tensor backward(Activation activation, Tensor gradient, Tensor x) {
    return switch (activation) {
      case RELU -> gradient.mul(x.gt(new Scalar(0)).to(gradient.scalar_type()));
      case GELU -> torch.gelu_backward(gradient, x);
      case SWISH -> torch.silu_backward(gradient, x);
    };
  }
}
