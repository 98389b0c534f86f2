package mos.model;

import java.util.LinkedHashSet;
import java.util.Set;
import mos.nn.Linear;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import org.bytedeco.pytorch.Tensor;

/** Notes which matrices an architecture has mixed from experts, and gives nothing for them. */
final class MixedMatrices implements WeightSource {
  private final ParameterArena arena;
  private final Set<WeightMatrix> matrices = new LinkedHashSet<>();

  private MixedMatrices(ParameterArena arena) {
    this.arena = arena;
  }

  /** Those of an architecture, from the first layer of the encoder up. */
  static Set<WeightMatrix> of(SuperTransformer model, SubTransformer architecture) {
    MixedMatrices noted = new MixedMatrices(model.parameters());
    model.assemble(architecture, noted);
    return noted.matrices;
  }

  @Override
  public Tensor cut(String name, long row, long... extents) {
    return Leaves.narrow(arena.value(name), row, extents);
  }

  @Override
  public Tensor norm(String name, long width) {
    return cut(name, 0, width);
  }

  @Override
  public Linear mixed(WeightMatrix matrix) {
    matrices.add(matrix);
    return null;
  }

  @Override
  public Tensor positions(Tensor table, int width) {
    return null;
  }
}
