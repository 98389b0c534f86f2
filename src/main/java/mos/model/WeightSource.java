package mos.model;

import mos.nn.Linear;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the weights of one architecture come from; {@link WeightDerivation} puts them together.
 * What is returned depends on what is asked for alone, not on what was asked for before.
 */
interface WeightSource {
  /** Rows {@code row}… of a parameter, {@code extents} numbers of each dimension. */
  Tensor cut(String name, long row, long... extents);

  /** The first {@code width} weights or biases of a layer norm. */
  Tensor norm(String name, long width);

  /** A matrix mixed from the experts, see {@link #matrix}. */
  Linear mixed(WeightMatrix matrix);

  /**
   * A matrix and its bias.
   *
   * @return the used rows alone or, where a training pass can leave the rest out, all rows
   */
  default Linear matrix(WeightMatrix matrix) {
    if (matrix.mixed()) {
      return mixed(matrix);
    }
    int row = matrix.rows().first();
    return Linear.of(
        cut(matrix.weight(), row, matrix.out(), matrix.in()),
        cut(matrix.bias(), row, matrix.out()));
  }

  /** The first {@code width} columns of a table of position embeddings. */
  Tensor positions(Tensor table, int width);
}
