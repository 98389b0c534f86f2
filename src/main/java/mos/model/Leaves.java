package mos.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mos.nn.Linear;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.Precision;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Cuts weights for one SubTransformer out of an arena, so that forward and backward passes run on
 * leaves and the arena receives the gradients once, at the end.
 *
 * <p>A cut that is contiguous fp32 memory is used in place, and its gradient accumulates directly
 * in the arena. Any other cut is copied to contiguous memory of the compute type, and {@link
 * #backpropagate} adds its gradient to the arena. Weights that are computed (mixed experts) keep
 * their graph to the arena until then.
 */
final class Leaves implements WeightSource {
  private record Copy(Tensor leaf, Tensor target) {}

  private record Computed(Tensor leaf, Tensor root) {}

  /**
   * Where a weight stands in a plain Transformer of exactly the cut sizes.
   *
   * @param row first row within the parameter
   */
  record Piece(String name, long row, Tensor weight) {}

  private final SubTransformer architecture;
  private final ModelConfig config;
  private final ParameterArena arena;
  private final RouterBank routers;
  private final Precision precision;
  private final boolean trainable;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();
  private final List<Computed> computed = new ArrayList<>();
  private boolean carried;

  /**
   * @param routers with mixtures of the architecture; null without experts
   */
  Leaves(
      SubTransformer architecture,
      ModelConfig config,
      ParameterArena arena,
      RouterBank routers,
      Precision precision,
      boolean trainable) {
    this.architecture = architecture;
    this.config = config;
    this.arena = arena;
    this.routers = routers;
    this.precision = precision;
    this.trainable = trainable;
  }

  @Override
  public Tensor cut(String name, long row, long... extents) {
    Tensor leaf = parameter(name, row, precision, extents);
    pieces.add(new Piece(name, row, leaf));
    return leaf;
  }

  @Override
  public Tensor norm(String name, long width) {
    return cut(name, 0, width);
  }

  @Override
  public Tensor positions(Tensor table, int width) {
    return table.narrow(1, 0, width).to(precision.scalarType()).contiguous();
  }

  @Override
  public Linear matrix(WeightMatrix matrix) {
    Linear whole = matrix.mixed() ? mixed(matrix) : plain(matrix);
    Linear kept = trainable ? whole : used(whole, matrix.rows());
    pieces.add(new Piece(matrix.plainWeight(), matrix.plainRow(), kept.weight()));
    pieces.add(new Piece(matrix.plainBias(), matrix.plainRow(), kept.bias().get()));
    return kept;
  }

  private Linear plain(WeightMatrix matrix) {
    int row = matrix.rows().first();
    return Linear.of(
        parameter(matrix.weight(), row, precision, matrix.out(), matrix.in()),
        parameter(matrix.bias(), row, precision, matrix.out()));
  }

  @Override
  public Linear mixed(WeightMatrix matrix) {
    int experts = config.experts().count();
    int row = matrix.rows().first();
    int out = matrix.out();
    int in = matrix.in();
    Tensor mixture = routers.weights(architecture, matrix);
    if (config.experts().rank() > 0) {
      long width = (long) experts * config.experts().rank();
      String left = ParameterLayout.lowRankLeft(matrix.layer(), matrix.name());
      String right = ParameterLayout.lowRankRight(matrix.layer(), matrix.name());
      Tensor mixed =
          LowRankMatrix.mix(
              parameter(matrix.weight(), row, Precision.FP32, out, in),
              parameter(left, row, Precision.FP32, out, width),
              parameter(right, 0, Precision.FP32, width, in),
              mixture);
      return Linear.of(computed(mixed), parameter(matrix.bias(), row, precision, out));
    }
    return Linear.of(
        computed(mix(mixture, stack(matrix.expertWeights(experts), row, out, in))),
        computed(mix(mixture, stack(matrix.expertBiases(experts), row, out))));
  }

  /** The rows that the architecture uses, copied if there are others. */
  private static Linear used(Linear whole, WeightMatrix.Rows rows) {
    return rows.used() == rows.each()
        ? whole
        : Linear.of(firstOfEach(whole.weight(), rows), firstOfEach(whole.bias().get(), rows));
  }

  private static Tensor firstOfEach(Tensor whole, WeightMatrix.Rows rows) {
    Tensor[] kept = new Tensor[rows.parts()];
    Arrays.setAll(kept, i -> whole.narrow(0, (long) i * rows.each(), rows.used()));
    return Tensors.cat(0, kept).contiguous();
  }

  /**
   * Σ_e R[:, e] · W_e over stacked weights or biases.
   *
   * @param mixture (out, m), or (1, m) for all rows
   * @param stack (m, out, in) or (m, out)
   * @return (out, in) or (out)
   */
  private static Tensor mix(Tensor mixture, Tensor stack) {
    Tensor mixed = null;
    for (long e = 0; e < stack.size(0); e++) {
      Tensor share = mixture.select(-1, e);
      share = stack.dim() == 3 ? share.unsqueeze(1) : share;
      Tensor expert = stack.select(0, e);
      mixed = mixed == null ? share.mul(expert) : torch.addcmul(mixed, share, expert);
    }
    return mixed;
  }

  /** A cut as a leaf of some type, whose gradient reaches the arena. */
  private Tensor parameter(String name, long row, Precision type, long... extents) {
    Tensor gradient = trainable ? narrow(arena.gradient(name), row, extents) : null;
    return leaf(narrow(arena.value(name), row, extents), gradient, type);
  }

  /** The same cut of equally shaped parameters, stacked in a new first dimension, in fp32. */
  private Tensor stack(List<String> names, long row, long... extents) {
    Tensor gradient = trainable ? stacked(arena.stackedGradient(names), row, extents) : null;
    return leaf(stacked(arena.stackedValue(names), row, extents), gradient, Precision.FP32);
  }

  /** Rows {@code row}… of each of the stacked matrices or biases. */
  static Tensor stacked(Tensor stack, long row, long... extents) {
    long[] all = new long[extents.length + 1];
    all[0] = stack.size(0);
    System.arraycopy(extents, 0, all, 1, extents.length);
    Tensor rows = row == 0 ? stack : stack.narrow(1, row, extents[0]);
    return narrow(rows, 0, all);
  }

  /** Turns a computed weight (fp32, with its graph) into a leaf of the compute type. */
  private Tensor computed(Tensor weight) {
    Tensor root = weight.to(precision.scalarType());
    if (!trainable) {
      return root;
    }
    Tensor leaf = root.detach().requires_grad_(true);
    computed.add(new Computed(leaf, root));
    return leaf;
  }

  /** Copies all weights into the arena of the plain Transformer of this architecture. */
  void copyTo(ParameterArena plain) {
    for (Piece piece : pieces) {
      String name =
          plain.names().contains(piece.name) ? piece.name : ParameterLayout.denseName(piece.name);
      long[] extents = piece.weight.sizes().vec().get();
      narrow(plain.value(name), piece.row, extents).copy_(piece.weight);
    }
  }

  private Tensor leaf(Tensor cut, Tensor gradient, Precision type) {
    boolean inPlace = type.scalarType() == ScalarType.Float && cut.is_contiguous();
    Tensor leaf = inPlace ? cut.detach() : cut.detach().to(type.scalarType()).contiguous();
    if (trainable) {
      leaf.requires_grad_(true);
      if (inPlace) {
        leaf.mutable_grad().put(gradient);
      } else {
        copies.add(new Copy(leaf, gradient));
      }
    }
    return leaf;
  }

  static Tensor narrow(Tensor tensor, long row, long[] extents) {
    Tensor result = tensor;
    for (int d = 0; d < extents.length; d++) {
      long start = d == 0 ? row : 0;
      if (start != 0 || extents[d] != tensor.size(d)) {
        result = result.narrow(d, start, extents[d]);
      }
    }
    return result;
  }

  /**
   * Moves all gradients that are not there yet into the arena, after all passes.
   *
   * @throws IllegalStateException the second time
   */
  void backpropagate() {
    if (carried) {
      throw new IllegalStateException("these weights' gradients are in the arena already");
    }
    carried = true;
    TensorVector roots = new TensorVector();
    TensorVector gradients = new TensorVector();
    for (Computed c : computed) {
      if (c.leaf.grad().defined()) {
        roots.push_back(c.root);
        gradients.push_back(c.leaf.grad());
      }
    }
    if (roots.size() > 0) {
      routers.backpropagate(roots, gradients);
    }
    for (Copy c : copies) {
      if (c.leaf.grad().defined()) {
        c.target.add_(c.leaf.grad());
      }
    }
  }
}
