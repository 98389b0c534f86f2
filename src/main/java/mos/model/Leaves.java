package mos.model;

import java.util.ArrayList;
import java.util.List;
import mos.tensor.ParameterArena;
import mos.tensor.Precision;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
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
final class Leaves {
  private record Copy(Tensor leaf, Tensor target) {}

  private record Computed(Tensor leaf, Tensor root) {}

  /**
   * Where a weight stands in a plain Transformer of exactly the cut sizes.
   *
   * @param row first row within the parameter
   */
  record Piece(String name, long row, Tensor weight) {}

  private final ParameterArena arena;
  private final Precision precision;
  private final boolean trainable;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();
  private final List<Computed> computed = new ArrayList<>();

  Leaves(ParameterArena arena, Precision precision, boolean trainable) {
    this.arena = arena;
    this.precision = precision;
    this.trainable = trainable;
  }

  ScalarType computeType() {
    return precision.scalarType();
  }

  /** The first {@code extents} of a parameter, one extent per dimension. */
  Tensor cut(String name, long... extents) {
    return cutFrom(name, 0, extents);
  }

  /** Like {@link #cut} with the first dimension beginning at {@code row}. */
  Tensor cutFrom(String name, long row, long... extents) {
    Tensor gradient = trainable ? narrow(arena.gradient(name), row, extents) : null;
    Tensor leaf = leaf(narrow(arena.value(name), row, extents), gradient, precision);
    pieces.add(new Piece(name, row, leaf));
    return leaf;
  }

  /** The same cut of equally shaped parameters, stacked in a new first dimension, in fp32. */
  Tensor cutStack(List<String> names, long... extents) {
    long[] all = new long[extents.length + 1];
    all[0] = names.size();
    System.arraycopy(extents, 0, all, 1, extents.length);
    Tensor gradient = trainable ? narrow(arena.stackedGradient(names), 0, all) : null;
    return leaf(narrow(arena.stackedValue(names), 0, all), gradient, Precision.FP32);
  }

  /** A cut in fp32, for the inputs of computed weights. */
  Tensor cutMaster(String name, long... extents) {
    Tensor gradient = trainable ? narrow(arena.gradient(name), 0, extents) : null;
    return leaf(narrow(arena.value(name), 0, extents), gradient, Precision.FP32);
  }

  /**
   * Turns a computed weight (fp32, with its graph) into a leaf of the compute type.
   *
   * @param name the parameter it takes the place of in a plain Transformer
   */
  Tensor computed(String name, Tensor weight) {
    Tensor root = weight.to(precision.scalarType());
    Tensor leaf = trainable ? root.detach().requires_grad_(true) : root;
    pieces.add(new Piece(name, 0, leaf));
    if (trainable) {
      computed.add(new Computed(leaf, root));
    }
    return leaf;
  }

  /** Copies all weights into the arena of the plain Transformer of this architecture. */
  void copyTo(ParameterArena plain) {
    for (Piece piece : pieces) {
      long[] extents = piece.weight.sizes().vec().get();
      narrow(plain.value(piece.name), piece.row, extents).copy_(piece.weight);
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

  private static Tensor narrow(Tensor tensor, long row, long[] extents) {
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
    }
    for (Copy c : copies) {
      if (c.leaf.grad().defined()) {
        c.target.add_(c.leaf.grad());
      }
    }
  }
}
