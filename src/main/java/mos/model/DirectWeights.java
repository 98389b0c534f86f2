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
 * views of the arena's, so nothing is copied. {@link DirectUpdate} mixes the experts once an update
 * and carries the gradients of mixed weights to experts and routers once, after all passes. These
 * weights can be used for any number of updates.
 */
public final class DirectWeights implements AutoCloseable {
  private final SuperTransformer model;
  private final ModelConfig config;
  private final ParameterArena arena;
  private final ComputeCopy copy;
  private final Scope owned;
  private final Tensor mixedGradients;
  private final List<TrainingKernels.ExpertMatrix> matrices = new ArrayList<>();
  private final TrainingKernels.Mixer mixer;
  private final TransformerWeights weights;
  private final TransformerWeights gradients;
  private long used;

  /**
   * @param copy of the model
   */
  DirectWeights(
      SubTransformer architecture,
      SuperTransformer model,
      ComputeCopy copy,
      TrainingKernels kernels) {
    this.model = model;
    this.config = model.config();
    this.arena = model.parameters();
    this.copy = copy;
    try (Scope building = Scope.open().kept();
        AutoGradMode off = new AutoGradMode(false)) {
      owned = building;
      mixedGradients =
          torch.zeros(
              new long[] {mixedSize(architecture)},
              Tensors.options(ScalarType.Float, arena.device()));
      gradients = model.assemble(architecture, new Gradients());
      weights = model.assemble(architecture, new Values());
      mixer = matrices.isEmpty() ? null : kernels.mixer(matrices);
    }
  }

  /** Mixes the experts as they are now. */
  void mix(Tensor[] mixtures) {
    mixedGradients.zero_();
    mixer.mix(mixtures);
  }

  /** Null without experts. */
  TrainingKernels.Mixer mixer() {
    return mixer;
  }

  public TransformerWeights weights() {
    return weights;
  }

  /** float32 tensors in the places of the weights; passes add to them. */
  public TransformerWeights gradients() {
    return gradients;
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
        ? 2 * ParameterArena.aligned(width * ffn)
            + ParameterArena.aligned(width)
            + ParameterArena.aligned(ffn)
        : 0;
  }

  private Tensor mixedGradient(long... shape) {
    long size = 1;
    for (long extent : shape) {
      size *= extent;
    }
    Tensor gradient = mixedGradients.narrow(0, used, size).view(shape);
    used += ParameterArena.aligned(size);
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
    public Linear mixed(String layer, String fc, int expert, int experts, int out, int in) {
      int m = config.experts().count();
      List<String> weightNames = ParameterLayout.expertNames(layer, fc, "weight", m);
      List<String> biasNames = ParameterLayout.expertNames(layer, fc, "bias", m);
      long[] weightShape = {m, out, in};
      long[] biasShape = {m, out};
      Linear gradient = Linear.of(mixedGradient(out, in), mixedGradient(out));
      String router = ParameterLayout.routerName(config.experts().variant(), layer, fc);
      List<ParameterLayout.RouterGroup> groups = model.routerGroups();
      int group = 0;
      while (!groups.get(group).names().contains(router)) {
        group++;
      }
      matrices.add(
          new TrainingKernels.ExpertMatrix(
              group,
              (long) groups.get(group).names().indexOf(router) * groups.get(group).outputs(),
              config.experts().variant().granularity() == ExpertRouting.Granularity.LAYER,
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

  /**
   * Views of the compute copy; mixed weights, in the order in which their gradients were placed.
   */
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
    public Linear mixed(String layer, String fc, int expert, int experts, int out, int in) {
      return matrices.get(next++).mixed();
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return table.narrow(1, 0, width);
    }
  }
}
