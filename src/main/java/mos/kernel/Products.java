package mos.kernel;

import mos.nn.Linear;
import mos.tensor.Operator;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Matrix products of a training pass. */
public final class Products {
  private static final Operator LINEAR_RELU =
      Operator.of("aten::_addmm_activation", "", "self", "mat1", "mat2");
  private static final Scalar ONE = Scope.own(new Scalar(1));

  private Products() {}

  /** relu(x·Wᵀ + b), (N, in) → (N, out), in one kernel where there is one. */
  public static Tensor linearRelu(Tensor x, Linear linear) {
    return LINEAR_RELU.call(linear.bias().get(), x, linear.weight().t()).get(0).toTensor();
  }

  /** (N, out)·(out, in) → (N, in). */
  public static Tensor inputGradient(Tensor gradient, Linear linear) {
    return torch.mm(gradient, linear.weight());
  }

  /** Like {@link #inputGradient}, added to {@code into}. */
  public static void addInputGradient(Tensor into, Tensor gradient, Linear linear) {
    if (into.scalar_type().intern() == gradient.scalar_type().intern()) {
      into.addmm_(gradient, linear.weight());
    } else {
      addWide(into, gradient, linear.weight());
    }
  }

  /**
   * Adds a weight's gradient.
   *
   * @param gradient (N, out) of the compute type
   * @param x (N, in)
   * @param weightGradient (out, in) float32, may be a view
   */
  public static void addWeightGradient(Tensor gradient, Tensor x, Tensor weightGradient) {
    if (gradient.scalar_type().intern() == ScalarType.Float) {
      weightGradient.addmm_(gradient.t(), x);
    } else {
      addWide(weightGradient, gradient.t(), x);
    }
  }

  /**
   * Adds a bias' gradient.
   *
   * @param into (out) float32
   * @param gradient (N, out)
   */
  public static void addColumnSums(Tensor into, Tensor gradient) {
    into.add_(gradient.sum(new long[] {0}, false, new ScalarTypeOptional(ScalarType.Float)));
  }

  /** Adds a product of 16-bit matrices to a float32 one, without rounding the product first. */
  private static void addWide(Tensor into, Tensor a, Tensor b) {
    if (into.is_cpu()) {
      into.add_(torch.mm(a, b));
    } else {
      torch.addmm_out(into, into, a, b, ScalarType.Float, ONE, ONE);
    }
  }
}
