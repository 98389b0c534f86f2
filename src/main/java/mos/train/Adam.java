package mos.train;

import java.util.Arrays;
import java.util.List;
import mos.distributed.Shards;
import mos.kernel.CudaKernels;
import mos.tensor.Operator;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
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
 *
 * <p>Of several processes each may have the moments of its shard alone, and updates those
 * parameters (Rajbhandari et al. 2020, ZeRO, section 5.1, stage 1).
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
  private final Shards shards;
  private final Tensor firstMoment;
  private final Tensor secondMoment;
  private Runnable beforeChange = () -> {};

  /**
   * Starts with zero moments.
   *
   * @param arena the parameters and gradients to work on
   */
  public Adam(ParameterArena arena, AdamConfig config) {
    this(arena, config, Shards.whole(arena.values().numel()));
  }

  /**
   * One of several that update a model together.
   *
   * @param shards which parameters this one has moments of
   */
  Adam(ParameterArena arena, AdamConfig config, Shards shards) {
    this.arena = arena;
    this.config = config;
    this.shards = shards;
    try (Scope scope = Scope.open()) {
      firstMoment = Scope.own(Tensors.zeros(ScalarType.Float, arena.device(), shards.size()));
      secondMoment = Scope.own(Tensors.zeros(ScalarType.Float, arena.device(), shards.size()));
    }
  }

  /** The parameters that this optimiser is for. */
  ParameterArena parameters() {
    return arena;
  }

  /** What is to be run before parameters or moments change. */
  void beforeChange(Runnable what) {
    beforeChange = what;
  }

  /** Waits until parameters and moments may change. */
  void awaitChange() {
    beforeChange.run();
  }

  /** How the arena is divided among processes. */
  Shards shards() {
    return shards;
  }

  /** Running mean of gradients, (N) float32, or this process's shard; owned by this object. */
  public Tensor firstMoment() {
    return firstMoment;
  }

  /** Running mean of squared gradients, likewise. */
  public Tensor secondMoment() {
    return secondMoment;
  }

  /**
   * Updates the parameters of this process's shard, which are all in one process, from the arena's
   * gradients, without waiting for the device.
   *
   * @param update number of this update, from 1, for the bias correction
   * @param divisor () float32: gradients are divided by it
   * @param unusable () float32: if 1, nothing is changed
   */
  public void step(double learningRate, long update, Tensor divisor, Tensor unusable) {
    awaitChange();
    List<Shards.Piece> pieces = shards.own();
    Tensor[] values = pieces(pieces, arena.values());
    Tensor[] gradients = pieces(pieces, arena.gradients());
    Tensor[] first = own(pieces, firstMoment);
    Tensor[] second = own(pieces, secondMoment);
    if (!arena.device().is_cpu()) {
      CudaKernels kernels = CudaKernels.of(ScalarType.Float);
      for (int i = 0; i < values.length; i++) {
        kernels.adam(
            values[i],
            gradients[i],
            first[i],
            second[i],
            divisor,
            unusable,
            config.rates(learningRate, update));
      }
      return;
    }
    Tensor[] steps = new Tensor[values.length];
    Arrays.fill(
        steps, torch.full(new long[] {}, new Scalar((float) update), arena.values().options()));
    FUSED.call(
        values,
        gradients,
        first,
        second,
        new Tensor[0],
        steps,
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

  private static Tensor[] pieces(List<Shards.Piece> pieces, Tensor flat) {
    return pieces.stream()
        .map(piece -> flat.narrow(0, piece.start(), piece.count()))
        .toArray(Tensor[]::new);
  }

  private static Tensor[] own(List<Shards.Piece> pieces, Tensor shard) {
    return pieces.stream()
        .map(piece -> shard.narrow(0, piece.place(), piece.count()))
        .toArray(Tensor[]::new);
  }

  /**
   * Copies all moments; every process of a sharded optimiser must call it.
   *
   * @param first (N) float32 of the host, page-locked where the device shall not be waited for;
   *     null, as is {@code second}, in processes that only give theirs
   */
  void copyMoments(Tensor first, Tensor second) {
    shards.collect(firstMoment, first);
    shards.collect(secondMoment, second);
  }

  /**
   * Sets the moments of a parameter, as far as they are in this shard.
   *
   * @param first all of it, flat
   * @param second likewise
   */
  void restore(String name, Tensor first, Tensor second) {
    long start = arena.offset(name);
    long end = start + first.numel();
    try (AutoGradMode off = new AutoGradMode(false)) {
      for (Shards.Piece piece : shards.own()) {
        long from = Math.max(start, piece.start());
        long count = Math.min(end, piece.start() + piece.count()) - from;
        if (count > 0) {
          long place = piece.place() + from - piece.start();
          firstMoment.narrow(0, place, count).copy_(first.narrow(0, from - start, count));
          secondMoment.narrow(0, place, count).copy_(second.narrow(0, from - start, count));
        }
      }
    }
  }

  @Override
  public void close() {
    firstMoment.close();
    secondMoment.close();
  }
}
