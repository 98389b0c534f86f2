package mos.onnx;

import mos.base.MosException;

/**
 * A matrix of a model as it was trained, in fp32.
 *
 * @param name such as decoder.layers.0.fc1.weight
 * @param rows outputs of a layer, symbols of an embedding
 * @param columns inputs; 1: a vector
 */
public record Parameter(String name, int rows, int columns) {
  /** How many numbers it has. */
  public int size() {
    return Math.multiplyExact(rows, columns);
  }

  /** In fp32. */
  long bytes() {
    return (long) rows * columns * Float.BYTES;
  }

  /**
   * Its numbers.
   *
   * @throws MosException where there are not as many as it has
   */
  float[] values(Parameters parameters) {
    float[] values = parameters.values(this);
    if (values.length != size()) {
      throw new MosException(name + ": got " + values.length + " numbers, need " + size());
    }
    return values;
  }
}
