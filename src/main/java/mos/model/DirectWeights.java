package mos.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import mos.kernel.TrainingKernels;
import mos.nn.Linear;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
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
  private final SortedMap<Integer, List<TrainingKernels.ExpertMatrix>> matrices = new TreeMap<>();
  private final List<LowRankMatrix> lowRank = new ArrayList<>();
  private final List<Linear> mixedWeights = new ArrayList<>();
  private final Map<Integer, TrainingKernels.Mixer> mixers = new TreeMap<>();
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
      mixedGradients = Tensors.zeros(ScalarType.Float, arena.device(), mixedSize(architecture));
      gradients = model.assemble(architecture, new Gradients());
      weights = model.assemble(architecture, new Values());
      matrices.forEach((expert, all) -> mixers.put(expert, kernels.mixer(all)));
    }
  }

  /** Mixes the experts as they are now. */
  void mix(Tensor[] mixtures) {
    mixedGradients.zero_();
    mixers.values().forEach(mixer -> mixer.mix(mixtures));
    lowRank.forEach(matrix -> matrix.mix(mixtures));
  }

  /** Carries the gradients of low-rank matrices on to parameters and mixtures. */
  void lowRankBackward(Tensor[] mixtures, Tensor[] mixtureGradients) {
    lowRank.forEach(matrix -> matrix.mixBackward(mixtures, mixtureGradients));
  }

  /**
   * By the number of a token expert, 0 in dense layers: one layer's are mixed from the same weight
   * sets, so that each number has a mixer of its own. A number is missing where every layer has an
   * identity there; all are without experts that are whole matrices.
   */
  Map<Integer, TrainingKernels.Mixer> mixers() {
    return mixers;
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
    int encoder = a.encoderEmbedDim();
    int decoder = a.decoderEmbedDim();
    for (int i = 0; i < a.encoderLayers(); i++) {
      size += feedForwardSize(i, encoder, a.encoderExperts(i));
      size += config.experts().inAttention(i) ? attentionSize(encoder, encoder) : 0;
    }
    for (int i = 0; i < a.decoderLayers(); i++) {
      size += feedForwardSize(i, decoder, a.decoderExperts(i));
      size +=
          config.experts().inAttention(i)
              ? attentionSize(decoder, decoder) + attentionSize(decoder, encoder)
              : 0;
    }
    return size;
  }

  private long feedForwardSize(int layer, long width, List<Integer> tokenExperts) {
    return config.experts().inFeedForward(layer)
        ? tokenExperts.stream().mapToLong(ffn -> size(ffn, width) + size(width, ffn)).sum()
        : 0;
  }

  /** Query, key and value apart, as far as alignment goes: this is never too little. */
  private long attentionSize(long width, long memoryWidth) {
    long qkv = config.qkvDim();
    return size(qkv, width) + size(2 * qkv, memoryWidth) + size(width, qkv);
  }

  private static long size(long out, long in) {
    return ParameterArena.aligned(out * in) + ParameterArena.aligned(out);
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
    public Linear mixed(
        String layer, String matrix, int expert, int tokenExperts, int row, int out, int in) {
      int m = config.experts().count();
      boolean layerWise =
          config.experts().variant().granularity() == ExpertRouting.Granularity.LAYER;
      String router = ParameterLayout.routerName(config.experts().variant(), layer, matrix);
      List<ParameterLayout.RouterGroup> groups = model.routerGroups();
      int group = 0;
      while (!groups.get(group).names().contains(router)) {
        group++;
      }
      long outputs = groups.get(group).outputs();
      long offset = groups.get(group).names().indexOf(router) * outputs;
      offset += expert * (outputs / tokenExperts) + (layerWise ? 0 : (long) row * m);
      Linear gradient = Linear.of(mixedGradient(out, in), mixedGradient(out));
      Linear mixed = Linear.of(compute(out, in), compute(out));
      List<String> weights = ParameterLayout.expertNames(layer, matrix, "weight", m);
      List<String> biases = ParameterLayout.expertNames(layer, matrix, "bias", m);
      if (config.experts().rank() > 0) {
        lowRank.add(
            new LowRankMatrix(
                group,
                offset,
                layerWise,
                m,
                parts(arena::value, layer, matrix, row, out, in),
                parts(arena::gradient, layer, matrix, row, out, in),
                mixed,
                gradient));
      } else {
        matrices
            .computeIfAbsent(expert, number -> new ArrayList<>())
            .add(
                new TrainingKernels.ExpertMatrix(
                    group,
                    offset,
                    layerWise,
                    Leaves.stacked(arena.stackedValue(weights), row, out, in),
                    Leaves.stacked(arena.stackedValue(biases), row, out),
                    Leaves.stacked(arena.stackedGradient(weights), row, out, in),
                    Leaves.stacked(arena.stackedGradient(biases), row, out),
                    mixed,
                    gradient));
      }
      mixedWeights.add(mixed);
      return gradient;
    }

    private LowRankMatrix.Parts parts(
        Function<String, Tensor> of, String layer, String matrix, int row, int out, int in) {
      String weight = ParameterLayout.expertNames(layer, matrix, "weight", 1).get(0);
      String bias = ParameterLayout.expertNames(layer, matrix, "bias", 1).get(0);
      Tensor left = of.apply(ParameterLayout.lowRankLeft(layer, matrix));
      Tensor right = of.apply(ParameterLayout.lowRankRight(layer, matrix));
      return new LowRankMatrix.Parts(
          Leaves.narrow(of.apply(weight), row, new long[] {out, in}),
          Leaves.narrow(of.apply(bias), row, new long[] {out}),
          Leaves.narrow(left, row, new long[] {out, left.size(1)}),
          Leaves.narrow(right, 0, new long[] {right.size(0), in}));
    }

    private Tensor compute(long... shape) {
      return Tensors.empty(copy.type(), arena.device(), shape);
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
    public Linear mixed(
        String layer, String matrix, int expert, int experts, int row, int out, int in) {
      return mixedWeights.get(next++);
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return table.narrow(1, 0, width);
    }
  }
}
