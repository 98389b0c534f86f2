package mos.train;

import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * Adam over a whole parameter arena in one fused operation, with decoupled weight decay.
 *
 * <p>Source: Kingma and Ba (2015), algorithm 1; decoupled weight decay: Loshchilov and Hutter
 * (2019), which is what fairseq's Adam does too. Parameters that no SubTransformer of an update
 * uses have zero gradient and their moments decay; with the sandwich rule every parameter is used.
 */
public final class Adam implements AutoCloseable {
  private final ParameterArena arena;
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final double weightDecay;
  private final Tensor firstMoment;
  private final Tensor secondMoment;

  /**
   * Starts with zero moments.
   *
   * @param arena the parameters and gradients to work on
   */
  public Adam(
      ParameterArena arena, double beta1, double beta2, double epsilon, double weightDecay) {
    this.arena = arena;
    this.beta1 = beta1;
    this.beta2 = beta2;
    this.epsilon = epsilon;
    this.weightDecay = weightDecay;
    try (Scope scope = Scope.open()) {
      firstMoment = Scope.own(torch.zeros_like(arena.values()));
      secondMoment = Scope.own(torch.zeros_like(arena.values()));
    }
  }

  /** Running mean of gradients, (N) float32, owned by this object. */
  public Tensor firstMoment() {
    return firstMoment;
  }

  /** Running mean of squared gradients, (N) float32, owned by this object. */
  public Tensor secondMoment() {
    return secondMoment;
  }

  /**
   * Updates all parameters from the arena's gradients.
   *
   * @param update number of this update, from 1, for the bias correction
   */
  public void step(double learningRate, long update) {
    Tensor step = torch.full(new long[] {}, new Scalar((float) update), arena.values().options());
    IValueVector arguments = new IValueVector();
    arguments.push_back(list(arena.values()));
    arguments.push_back(list(arena.gradients()));
    arguments.push_back(list(firstMoment));
    arguments.push_back(list(secondMoment));
    arguments.push_back(list(null));
    arguments.push_back(list(step));
    arguments.push_back(new IValue(learningRate));
    arguments.push_back(new IValue(beta1));
    arguments.push_back(new IValue(beta2));
    arguments.push_back(new IValue(weightDecay));
    arguments.push_back(new IValue(epsilon));
    arguments.push_back(new IValue(false)); // amsgrad
    arguments.push_back(new IValue(false)); // maximize
    arguments.push_back(new IValue()); // grad_scale
    arguments.push_back(new IValue()); // found_inf
    OperatorHandle operator = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
    operator.callBoxed(arguments);
  }

  private static IValue list(Tensor tensor) {
    GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
    if (tensor != null) {
      list.push_back(new IValue(tensor));
    }
    return new IValue(list);
  }

  @Override
  public void close() {
    firstMoment.close();
    secondMoment.close();
  }
}
