package mos.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mos.nn.Linear;
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

  private final ModelConfig config;
  private final ParameterArena arena;
  private final RouterBank routers;
  private final Precision precision;
  private final boolean trainable;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();
  private final List<Computed> computed = new ArrayList<>();

  /**
   * @param routers the mixtures of the architecture; null without experts
   */
  Leaves(
      ModelConfig config,
      ParameterArena arena,
      RouterBank routers,
      Precision precision,
      boolean trainable) {
    this.config = config;
    this.arena = arena;
    this.routers = routers;
    this.precision = precision;
    this.trainable = trainable;
  }

  @Override
  public Tensor cut(String name, long row, long... extents) {
    return cut(name, name, row, extents);
  }

  /**
   * @param place the parameter whose place it takes in a plain Transformer
   */
  private Tensor cut(String name, String place, long row, long... extents) {
    Tensor gradient = trainable ? narrow(arena.gradient(name), row, extents) : null;
    Tensor leaf = leaf(narrow(arena.value(name), row, extents), gradient, precision);
    pieces.add(new Piece(place, row, leaf));
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
  public Linear mixed(
      String layer, String matrix, int expert, int tokenExperts, int row, int out, int in) {
    ExpertRouting routing = config.experts().variant();
    int experts = config.experts().count();
    Tensor mixture = routers.mixture(0, ParameterLayout.routerName(routing, layer, matrix));
    if (routing.granularity() == ExpertRouting.Granularity.NEURON) {
      mixture = mixture.narrow(0, expert * (mixture.size(0) / tokenExperts) + row, out);
    } else if (tokenExperts > 1) {
      mixture = mixture.select(0, expert);
    }
    List<String> weights = ParameterLayout.expertNames(layer, matrix, "weight", experts);
    List<String> biases = ParameterLayout.expertNames(layer, matrix, "bias", experts);
    String weight = weights.get(0);
    String bias = biases.get(0);
    if (tokenExperts > 1) {
      weight = ParameterLayout.tokenExpertName(layer, expert, matrix) + ".weight";
      bias = ParameterLayout.tokenExpertName(layer, expert, matrix) + ".bias";
    }
    if (config.experts().rank() > 0) {
      long width = (long) experts * config.experts().rank();
      Tensor mixed =
          LowRankMatrix.mix(
              part(weights.get(0), row, out, in),
              part(ParameterLayout.lowRankLeft(layer, matrix), row, out, width),
              part(ParameterLayout.lowRankRight(layer, matrix), 0, width, in),
              mixture);
      return Linear.of(computed(weight, row, mixed), cut(biases.get(0), bias, row, out));
    }
    return Linear.of(
        computed(weight, row, mix(mixture, stack(weights, row, out, in))),
        computed(bias, row, mix(mixture, stack(biases, row, out))));
  }

  /** Call right after the projection was made. */
  @Override
  public Linear firstOfEach(Linear projection, int parts, int width) {
    if (trainable) {
      return projection;
    }
    int last = pieces.size() - 1;
    return Linear.of(firstOfEach(last - 1, parts, width), firstOfEach(last, parts, width));
  }

  /** A copy of some rows of a piece, which then stand for it in a plain Transformer. */
  private Tensor firstOfEach(int index, int parts, int width) {
    Piece whole = pieces.get(index);
    long from = whole.weight.size(0) / parts;
    Tensor[] kept = new Tensor[parts];
    Arrays.setAll(kept, i -> whole.weight.narrow(0, i * from, width));
    Tensor cut = Tensors.cat(0, kept).contiguous();
    pieces.set(index, new Piece(whole.name, whole.row / from * width, cut));
    return cut;
  }

  /**
   * Σ_e R[:, e] · W_e over stacked weights or biases.
   *
   * @param mixture layer-wise (m), neuron-wise (out, m)
   * @param stack (m, out, in) or (m, out)
   * @return (out, in) or (out)
   */
  private static Tensor mix(Tensor mixture, Tensor stack) {
    Tensor mixed = null;
    for (long e = 0; e < stack.size(0); e++) {
      Tensor share = mixture.select(-1, e);
      if (stack.dim() == 3 && share.dim() == 1) {
        share = share.unsqueeze(1);
      }
      Tensor expert = stack.select(0, e);
      mixed = mixed == null ? share.mul(expert) : torch.addcmul(mixed, share, expert);
    }
    return mixed;
  }

  /** A cut in fp32, that something is computed of. */
  private Tensor part(String name, long row, long... extents) {
    Tensor gradient = trainable ? narrow(arena.gradient(name), row, extents) : null;
    return leaf(narrow(arena.value(name), row, extents), gradient, Precision.FP32);
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

  /**
   * Turns a computed weight (fp32, with its graph) into a leaf of the compute type.
   *
   * @param name the parameter whose rows {@code row}… it takes the place of in a plain Transformer
   */
  private Tensor computed(String name, long row, Tensor weight) {
    Tensor root = weight.to(precision.scalarType());
    Tensor leaf = trainable ? root.detach().requires_grad_(true) : root;
    pieces.add(new Piece(name, row, leaf));
    if (trainable) {
      computed.add(new Computed(leaf, root));
    }
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

  /** Moves all gradients that are not there yet into the arena. Call once, after all passes. */
  void backpropagate() {
    TensorVector roots = new TensorVector();
    TensorVector gradients = new TensorVector();
    for (Computed c : computed) {
      if (c.leaf.grad().defined()) {
        roots.push_back(c.root);
        gradients.push_back(c.leaf.grad());
      }
    }
    if (roots.size() > 0) {
      Tensors.backward(roots, gradients);
      routers.addCopies();
    }
    for (Copy c : copies) {
      if (c.leaf.grad().defined()) {
        c.target.add_(c.leaf.grad());
      }
    }
  }
}
