package mos.model;

import mos.nn.Linear;
import org.bytedeco.pytorch.Tensor;

/** Where the weights of one architecture come from; {@link WeightDerivation} puts them together. */
interface WeightSource {
  /** Rows {@code row}… of a parameter, {@code extents} numbers of each dimension. */
  Tensor cut(String name, long row, long... extents);

  /** The first {@code width} weights or biases of a layer norm. */
  Tensor norm(String name, long width);

  /**
   * A matrix mixed from the experts.
   *
   * @param layer prefix of the layer's parameters
   * @param matrix see {@link ParameterLayout#expertNames}
   * @param expert which of the layer's token experts, 0 of a dense layer
   * @param experts how many token experts the layer has at most, 1 for a dense layer
   * @param row its first row
   */
  Linear mixed(String layer, String matrix, int expert, int experts, int row, int out, int in);

  /**
   * Of a matrix made of equally many rows for queries, keys and values, or some of them, those of
   * the first {@code width} of each. Training may leave it whole: the rest is then not used.
   *
   * @param projection from this source, the last thing asked for
   * @param parts how many of the three it is made of
   */
  default Linear firstOfEach(Linear projection, int parts, int width) {
    return projection;
  }

  /** The first {@code width} columns of a table of position embeddings. */
  Tensor positions(Tensor table, int width);
}
