package mos.train;

import mos.kernel.CudaKernels;
import mos.tensor.Operator;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Adam over a whole parameter arena in one fused operation, with decoupled weight decay.
 *
 * <p>Source: Kingma and Ba (2015), algorithm 1; decoupled weight decay: Loshchilov and Hutter
 * (2019), which is what fairseq's Adam does too. Parameters that no SubTransformer of an update
 * uses have zero gradient and their moments decay; with the sandwich rule every parameter is used.
 */
public final class Adam implements AutoCloseable {
  private static final Operator FUSED =
      Operator.of(
          "aten::_fused_adamw_",
          "",
          "self",
          "grads",
          "exp_avgs",
          "exp_avg_sqs",
          "max_exp_avg_sqs",
          "state_steps",
          "lr",
          "beta1",
          "beta2",
          "weight_decay",
          "eps",
          "amsgrad",
          "maximize",
          "grad_scale",
          "found_inf");

  private final ParameterArena arena;
  private final AdamConfig config;
  private final Tensor firstMoment;
  private final Tensor secondMoment;

  /**
   * Starts with zero moments.
   *
   * @param arena the parameters and gradients to work on
   */
  public Adam(ParameterArena arena, AdamConfig config) {
    this.arena = arena;
    this.config = config;
    try (Scope scope = Scope.open()) {
      firstMoment = Scope.own(torch.zeros_like(arena.values()));
      secondMoment = Scope.own(torch.zeros_like(arena.values()));
    }
  }

  /** The parameters that this optimiser is for. */
  ParameterArena parameters() {
    return arena;
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
   * Updates all parameters from the arena's gradients, without waiting for the device.
   *
   * @param update number of this update, from 1, for the bias correction
   * @param divisor () float32: gradients are divided by it
   * @param unusable () float32: if 1, nothing is changed
   */
  public void step(double learningRate, long update, Tensor divisor, Tensor unusable) {
    if (!arena.device().is_cpu()) {
      CudaKernels.of(ScalarType.Float)
          .adam(
              arena.values(),
              arena.gradients(),
              firstMoment,
              secondMoment,
              divisor,
              unusable,
              config.rates(learningRate, update));
      return;
    }
    Tensor step = torch.full(new long[] {}, new Scalar((float) update), arena.values().options());
    FUSED.call(
        new Tensor[] {arena.values()},
        new Tensor[] {arena.gradients()},
        new Tensor[] {firstMoment},
        new Tensor[] {secondMoment},
        new Tensor[0],
        new Tensor[] {step},
        learningRate,
        config.beta1(),
        config.beta2(),
        config.weightDecay(),
        config.epsilon(),
        false,
        false,
        divisor,
        unusable);
  }

  @Override
  public void close() {
    firstMoment.close();
    secondMoment.close();
  }
}
