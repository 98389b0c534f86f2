package mos.nn;

import java.util.Locale;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The activation of a feed-forward layer.
 *
 * <p>Source: GELU: Hendrycks and Gimpel (2016), section 2, the exact form; swish, x·σ(x):
 * Ramachandran et al. (2017).
 */
public enum Activation {
  RELU,
  GELU,
  SWISH;

  /** By its name in lower case. */
  public static Activation of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Of each number. */
  public Tensor apply(Tensor x) {
    return switch (this) {
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
  public Tensor backward(Tensor gradient, Tensor x) {
    return switch (this) {
      case RELU -> gradient.mul(x.gt(new Scalar(0)).to(gradient.scalar_type()));
      case GELU -> torch.gelu_backward(gradient, x);
      case SWISH -> torch.silu_backward(gradient, x);
    };
  }
}
