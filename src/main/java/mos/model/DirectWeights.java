package mos.model;

import java.util.ArrayList;
import java.util.List;
import mos.kernel.TrainingKernels;
import mos.nn.Linear;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The weights of one SubTransformer and the places of their gradients, for passes that compute
 * their gradients themselves. Shared weights are views of the {@link ComputeCopy}, their gradients
 * views of the arena's, so nothing is copied; experts are mixed once an update by {@link #prepare},
 * and {@link #backpropagate} carries the gradient of the mixed weights to experts and routers once,
 * after all passes. It can be used for any number of updates.
 */
public final class DirectWeights implements AutoCloseable {
  private record Mixed(
      String router,
      int rows,
      Tensor expertWeights,
      Tensor expertBiases,
      Tensor weightGradients,
      Tensor biasGradients,
      Linear weight,
      Linear gradient) {}

  private final SubTransformer architecture;
  private final SuperTransformer model;
  private final ModelConfig config;
  private final ParameterArena arena;
  private final ComputeCopy copy;
  private final TrainingKernels kernels;
  private final Scope owned;
  private final Tensor mixedGradients;
  private final List<Mixed> mixed = new ArrayList<>();
  private final TransformerWeights weights;
  private final TransformerWeights gradients;
  private RouterBank routers;
  private long used;

  /**
   * @param copy of the model
   */
  DirectWeights(
      SubTransformer architecture,
      SuperTransformer model,
      ComputeCopy copy,
      TrainingKernels kernels) {
    this.architecture = architecture;
    this.model = model;
    this.config = model.config();
    this.arena = model.parameters();
    this.copy = copy;
    this.kernels = kernels;
    try (Scope building = Scope.open().kept();
        AutoGradMode off = new AutoGradMode(false)) {
      owned = building;
      mixedGradients =
          torch.zeros(
              new long[] {mixedSize(architecture)},
              Tensors.options(ScalarType.Float, arena.device()));
      gradients = model.assemble(architecture, new Gradients());
      weights = model.assemble(architecture, new Values());
    }
  }

  /**
   * Mixes the experts as they are now, in the innermost scope, in which {@link #backpropagate} must
   * be called too.
   *
   * @param routerDropout false to compute the gradients of evaluation mode
   */
  public void prepare(boolean routerDropout) {
    if (mixed.isEmpty()) {
      return;
    }
    routers = model.routers(architecture, true, routerDropout);
    try (AutoGradMode off = new AutoGradMode(false)) {
      mixedGradients.zero_();
      for (Mixed m : mixed) {
        kernels.mix(experts(m), m.weight.weight(), m.weight.bias().get());
      }
    }
  }

  private TrainingKernels.Experts experts(Mixed m) {
    Tensor mixture = rows(routers.mixture(m.router).detach(), m.rows);
    return new TrainingKernels.Experts(mixture, m.expertWeights, m.expertBiases);
  }

  private static Tensor rows(Tensor mixture, int out) {
    return mixture.dim() == 2 ? mixture.narrow(0, 0, out) : mixture;
  }

  public TransformerWeights weights() {
    return weights;
  }

  /** float32 tensors in the places of the weights; passes add to them. */
  public TransformerWeights gradients() {
    return gradients;
  }

  /** Adds the gradients of mixed weights to the arena. Call once, after all passes. */
  public void backpropagate() {
    if (mixed.isEmpty()) {
      return;
    }
    routers.zeroGradients();
    for (Mixed m : mixed) {
      kernels.mixBackward(
          experts(m),
          new TrainingKernels.ExpertGradients(
              rows(routers.gradient(m.router), m.rows), m.weightGradients, m.biasGradients),
          m.gradient.weight(),
          m.gradient.bias().get());
    }
    routers.backpropagate();
    routers = null;
  }

  @Override
  public void close() {
    owned.close();
  }

  /** Numbers in all mixed weights, each matrix and bias rounded up to whole cache lines. */
  private long mixedSize(SubTransformer a) {
    long size = 0;
    for (int i = 0; i < a.encoderLayers(); i++) {
      size += mixedSize(i, a.encoderEmbedDim(), a.encoderFfnEmbedDims().get(i));
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      size += mixedSize(i, a.decoderEmbedDim(), a.decoderFfnEmbedDims().get(i));
    }
    return size;
  }

  private long mixedSize(int layer, long width, long ffn) {
    return config.experts().inLayer(layer)
        ? 2 * aligned(width * ffn) + aligned(width) + aligned(ffn)
        : 0;
  }

  private static long aligned(long size) {
    return (size + 31) / 32 * 32;
  }

  private Tensor mixedGradient(long... shape) {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    Tensor gradient = mixedGradients.narrow(0, used, size).view(shape);
    used += aligned(size);
    return gradient;
  }

  /** Views of the arena's gradients. */
  private final class Gradients implements WeightSource {
    @Override
    public Tensor cut(String name, long row, long... extents) {
      return Leaves.narrow(arena.gradient(name), row, extents);
    }

    @Override
    public Tensor norm(String name, long width) {
      return cut(name, 0, width);
    }

    @Override
    public Linear mixed(String layer, String fc, int out, int in) {
      int m = config.experts().count();
      List<String> weightNames = ParameterLayout.expertNames(layer, fc, "weight", m);
      List<String> biasNames = ParameterLayout.expertNames(layer, fc, "bias", m);
      long[] weightShape = {m, out, in};
      long[] biasShape = {m, out};
      Linear gradient = Linear.of(mixedGradient(out, in), mixedGradient(out));
      mixed.add(
          new Mixed(
              ParameterLayout.routerName(config.experts().variant(), layer, fc),
              out,
              Leaves.narrow(arena.stackedValue(weightNames), 0, weightShape),
              Leaves.narrow(arena.stackedValue(biasNames), 0, biasShape),
              Leaves.narrow(arena.stackedGradient(weightNames), 0, weightShape),
              Leaves.narrow(arena.stackedGradient(biasNames), 0, biasShape),
              Linear.of(compute(out, in), compute(out)),
              gradient));
      return gradient;
    }

    private Tensor compute(long... shape) {
      return torch.empty(shape, Tensors.options(copy.type(), arena.device()), null);
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return null;
    }
  }

  /** Views of the compute copy; mixed weights, in the order in which their gradients were placed. */
  private final class Values implements WeightSource {
    private int next;

    @Override
    public Tensor cut(String name, long row, long... extents) {
      return Leaves.narrow(copy.value(name), row, extents);
    }

    @Override
    public Tensor norm(String name, long width) {
      return Leaves.narrow(arena.value(name), 0, new long[] {width});
    }

    @Override
    public Linear mixed(String layer, String fc, int out, int in) {
      return mixed.get(next++).weight;
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return table.narrow(1, 0, width);
    }
  }
}
