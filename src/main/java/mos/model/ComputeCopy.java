package mos.model;

import mos.tensor.ParameterArena;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The parameters that all architectures share, in the compute type, so that they are cast once an
 * update ({@link DirectUpdate} begins with it) and not once an operation. In fp32 it is the
 * parameters themselves.
 */
public final class ComputeCopy implements AutoCloseable {
  private final ParameterArena arena;
  private final ScalarType type;
  private final Tensor copy;

  /** Copies what the parameters are now. */
  public ComputeCopy(SuperTransformer model, Precision precision) {
    arena = model.parameters();
    type = precision.scalarType();
    try (Scope scope = Scope.open()) {
      copy =
          Scope.own(
              type == ScalarType.Float
                  ? arena.values().detach()
                  : Tensors.empty(type, arena.device(), model.sharedSize()));
    }
    refresh();
  }

  /** Takes over what the parameters are now. */
  void refresh() {
    if (type != ScalarType.Float) {
      try (Scope scope = Scope.open()) {
        copy.copy_(arena.values().narrow(0, 0, copy.numel()));
      }
    }
  }

  ScalarType type() {
    return type;
  }

  /** A parameter that all architectures share, a view. */
  Tensor value(String name) {
    return arena.view(copy, name);
  }

  @Override
  public void close() {
    copy.close();
  }
}
