package mos.model;

import java.util.ArrayList;
import java.util.List;
import mos.kernel.TrainingKernels;
import mos.nn.Linear;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The weights of one SubTransformer and the places of their gradients, for passes that compute
 * their gradients themselves. Shared weights are views of the {@link ComputeCopy}, their gradients
 * views of the arena's, so nothing is copied; experts are mixed once, and {@link #backpropagate}
 * carries the gradient of the mixed weights to experts and routers once, after all passes.
 */
public final class DirectWeights {
  private record Mixed(
      String router,
      TrainingKernels.Experts experts,
      TrainingKernels.ExpertGradients gradients,
      Tensor weightGradient,
      Tensor biasGradient) {}

  private final ModelConfig config;
  private final ParameterArena arena;
  private final ComputeCopy copy;
  private final TrainingKernels kernels;
  private final RouterBank routers;
  private final Tensor mixedGradients;
  private final List<Mixed> mixed = new ArrayList<>();
  private final TransformerWeights weights;
  private final TransformerWeights gradients;
  private long used;

  /**
   * @param routers the mixtures of the architecture, with their graph; null without experts
   * @param assembly puts weights together from where they come from
   */
  DirectWeights(
      SubTransformer architecture,
      ModelConfig config,
      ParameterArena arena,
      ComputeCopy copy,
      TrainingKernels kernels,
      RouterBank routers,
      java.util.function.Function<WeightSource, TransformerWeights> assembly) {
    this.config = config;
    this.arena = arena;
    this.copy = copy;
    this.kernels = kernels;
    this.routers = routers;
    long size = routers == null ? 0 : mixedSize(architecture);
    this.mixedGradients =
        torch.zeros(new long[] {size}, Tensors.options(ScalarType.Float, arena.device()));
    this.gradients = assembly.apply(new Gradients());
    this.weights = assembly.apply(new Values());
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
    if (routers == null) {
      return;
    }
    for (Mixed m : mixed) {
      kernels.mixBackward(m.experts, m.gradients, m.weightGradient, m.biasGradient);
    }
    routers.backpropagate();
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
      String router = ParameterLayout.routerName(config.experts().variant(), layer, fc);
      List<String> weightNames = ParameterLayout.expertNames(layer, fc, "weight", m);
      List<String> biasNames = ParameterLayout.expertNames(layer, fc, "bias", m);
      Tensor weightGradient = mixedGradient(out, in);
      Tensor biasGradient = mixedGradient(out);
      mixed.add(
          new Mixed(
              router,
              new TrainingKernels.Experts(
                  rows(routers.mixture(router).detach(), out),
                  Leaves.narrow(arena.stackedValue(weightNames), 0, new long[] {m, out, in}),
                  Leaves.narrow(arena.stackedValue(biasNames), 0, new long[] {m, out})),
              new TrainingKernels.ExpertGradients(
                  rows(routers.gradient(router), out),
                  Leaves.narrow(arena.stackedGradient(weightNames), 0, new long[] {m, out, in}),
                  Leaves.narrow(arena.stackedGradient(biasNames), 0, new long[] {m, out})),
              weightGradient,
              biasGradient));
      return Linear.of(weightGradient, biasGradient);
    }

    private static Tensor rows(Tensor mixture, int out) {
      return mixture.dim() == 2 ? mixture.narrow(0, 0, out) : mixture;
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return null;
    }
  }

  /** Views of the compute copy; experts, in the order in which their gradients were placed. */
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
      Tensor weight =
          torch.empty(new long[] {out, in}, Tensors.options(copy.type(), arena.device()), null);
      Tensor bias =
          torch.empty(new long[] {out}, Tensors.options(copy.type(), arena.device()), null);
      kernels.mix(mixed.get(next++).experts, weight, bias);
      return Linear.of(weight, bias);
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return table.narrow(1, 0, width);
    }
  }
}
