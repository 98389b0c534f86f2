package mos.nn;

import mos.space.Activation;
import org.bytedeco.pytorch.Tensor;

/**
 * The position-wise feed-forward layer, fc2(activation(fc1(x))).
 *
 * <p>Source: Vaswani et al. (2017), section 3.3.
 *
 * @param fc1 D → F
 * @param fc2 F → D
 * @param activation ReLU as published, or another
 */
public record FeedForward(Linear fc1, Linear fc2, Activation activation) implements PositionWise {
  /** (…, D) → (…, D). */
  public Tensor apply(Tensor x, double activationDropout) {
    return fc2.apply(DropoutRates.apply(activate(fc1.apply(x)), activationDropout));
  }

  /** The activation of each number. */
  public Tensor activate(Tensor x) {
    return ActivationFunction.apply(activation, x);
  }

  /**
   * The gradient of what was activated.
   *
   * @param gradient of {@link #activate}'s result
   */
  public Tensor activateBackward(Tensor gradient, Tensor x) {
    return ActivationFunction.backward(activation, gradient, x);
  }

  @Override
  public Tensor apply(Tensor x, double activationDropout, TokenRouting routing, Tensor tokens) {
    return apply(x, activationDropout);
  }
}
