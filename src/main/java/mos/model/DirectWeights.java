package mos.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import mos.kernel.MixtureShares;
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
 * weights can be used for any number of updates, one after the other.
 */
public final class DirectWeights implements AutoCloseable {
  /** A matrix that an update mixes, of the compute type, and the float32 place of its gradient. */
  private record Mixed(Linear weights, Linear gradients) {}

  private final SuperTransformer model;
  private final ModelConfig config;
  private final ParameterArena arena;
  private final ComputeCopy copy;
  private final Scope owned;
  private final Tensor mixedGradients;
  private final Map<WeightMatrix, Mixed> mixed = new LinkedHashMap<>();
  private final List<LowRankMatrix> lowRank = new ArrayList<>();
  private final Map<Integer, TrainingKernels.Mixer> mixers = new TreeMap<>();
  private final TransformerWeights weights;
  private final TransformerWeights gradients;
  private DirectUpdate update;

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
      Set<WeightMatrix> matrices = MixedMatrices.of(model, architecture);
      long size = matrices.stream().mapToLong(m -> aligned(m.out(), m.in())).sum();
      mixedGradients = Tensors.zeros(ScalarType.Float, arena.device(), size);
      place(matrices);
      SortedMap<Integer, List<TrainingKernels.ExpertMatrix>> whole = new TreeMap<>();
      mixed.forEach((matrix, both) -> connect(matrix, both, whole));
      whole.forEach((expert, all) -> mixers.put(expert, kernels.mixer(all)));
      gradients = model.assemble(architecture, new Gradients());
      weights = model.assemble(architecture, new Values());
    }
  }

  /** Gives every matrix its memory: all gradients are one tensor, so that one operation clears. */
  private void place(Set<WeightMatrix> matrices) {
    long used = 0;
    for (WeightMatrix matrix : matrices) {
      long out = matrix.out();
      long in = matrix.in();
      Tensor weight = mixedGradients.narrow(0, used, out * in).view(out, in);
      used += ParameterArena.aligned(out * in);
      Tensor bias = mixedGradients.narrow(0, used, out).view(out);
      used += ParameterArena.aligned(out);
      mixed.put(
          matrix, new Mixed(Linear.of(compute(out, in), compute(out)), Linear.of(weight, bias)));
    }
  }

  /** Numbers of a matrix and its bias, each rounded up to whole cache lines. */
  private static long aligned(long out, long in) {
    return ParameterArena.aligned(out * in) + ParameterArena.aligned(out);
  }

  private Tensor compute(long... shape) {
    return Tensors.empty(copy.type(), arena.device(), shape);
  }

  /**
   * Says how a matrix is mixed.
   *
   * @param whole by token expert, where matrices of whole experts are added
   */
  private void connect(
      WeightMatrix matrix, Mixed both, Map<Integer, List<TrainingKernels.ExpertMatrix>> whole) {
    MixtureShares shares = model.routerLayout().shares(matrix);
    if (config.experts().rank() > 0) {
      lowRank.add(
          new LowRankMatrix(
              shares,
              parts(arena::value, matrix),
              parts(arena::gradient, matrix),
              both.weights,
              both.gradients));
      return;
    }
    int row = matrix.rows().first();
    int out = matrix.out();
    int in = matrix.in();
    List<String> experts = matrix.expertWeights(config.experts().count());
    List<String> biases = matrix.expertBiases(config.experts().count());
    whole
        .computeIfAbsent(matrix.slot(), number -> new ArrayList<>())
        .add(
            new TrainingKernels.ExpertMatrix(
                shares,
                Leaves.stacked(arena.stackedValue(experts), row, out, in),
                Leaves.stacked(arena.stackedValue(biases), row, out),
                Leaves.stacked(arena.stackedGradient(experts), row, out, in),
                Leaves.stacked(arena.stackedGradient(biases), row, out),
                both.weights,
                both.gradients));
  }

  private static LowRankMatrix.Parts parts(Function<String, Tensor> of, WeightMatrix matrix) {
    int row = matrix.rows().first();
    int out = matrix.out();
    Tensor left = of.apply(ParameterLayout.lowRankLeft(matrix.layer(), matrix.name()));
    Tensor right = of.apply(ParameterLayout.lowRankRight(matrix.layer(), matrix.name()));
    return new LowRankMatrix.Parts(
        Leaves.narrow(of.apply(matrix.weight()), row, new long[] {out, matrix.in()}),
        Leaves.narrow(of.apply(matrix.bias()), row, new long[] {out}),
        Leaves.narrow(left, row, new long[] {out, left.size(1)}),
        Leaves.narrow(right, 0, new long[] {right.size(0), matrix.in()}));
  }

  /**
   * Mixes the experts as they are now, for an update.
   *
   * @param mixtures of the architecture by group
   */
  void begin(DirectUpdate now, Tensor[] mixtures) {
    update = now;
    mixedGradients.zero_();
    mixers.values().forEach(mixer -> mixer.mix(mixtures));
    lowRank.forEach(matrix -> matrix.mix(mixtures));
  }

  /** All passes of an update were run. */
  void end(DirectUpdate now) {
    if (update != now) {
      throw new IllegalStateException(
          update == null
              ? "this update's gradients are in the arena already"
              : "another update has begun with these weights");
    }
    update = null;
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

  SuperTransformer model() {
    return model;
  }

  ComputeCopy copy() {
    return copy;
  }

  /** What they are for. */
  public SubTransformer architecture() {
    return weights.architecture();
  }

  /**
   * What passes run on, of the compute type.
   *
   * @throws IllegalStateException outside of an update: the experts are not mixed
   */
  public TransformerWeights weights() {
    requireUpdate();
    return weights;
  }

  /**
   * float32 tensors in the places of the weights; passes add to them.
   *
   * @throws IllegalStateException outside of an update: they would reach nothing
   */
  public TransformerWeights gradients() {
    requireUpdate();
    return gradients;
  }

  private void requireUpdate() {
    if (update == null) {
      throw new IllegalStateException("no update has begun with these weights");
    }
  }

  @Override
  public void close() {
    owned.close();
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
    public Linear mixed(WeightMatrix matrix) {
      return mixed.get(matrix).gradients;
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return null;
    }
  }

  /** Views of the compute copy, and mixed weights. */
  private final class Values implements WeightSource {
    @Override
    public Tensor cut(String name, long row, long... extents) {
      return Leaves.narrow(copy.value(name), row, extents);
    }

    @Override
    public Tensor norm(String name, long width) {
      return Leaves.narrow(arena.value(name), 0, new long[] {width});
    }

    @Override
    public Linear mixed(WeightMatrix matrix) {
      return mixed.get(matrix).weights;
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return table.narrow(1, 0, width);
    }
  }
}
