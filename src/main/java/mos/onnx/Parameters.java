package mos.onnx;

/** Where a model's weights come from when they are written. */
@FunctionalInterface
public interface Parameters {
  /**
   * Its numbers, row by row.
   *
   * <p>Names are those of the layers: {@code encoder.layers.0.self_attn.in_proj.weight} has the
   * rows of the queries, the keys and the values, Q each; {@code encoder_attn.query} and {@code
   * encoder_attn.key_value} are the two parts of the attention to the encoder; {@code embedding} is
   * the one matrix of a model that shares all, {@code encoder.embedding}, {@code decoder.embedding}
   * and {@code output.embedding} are those of another; {@code encoder.positions} and {@code
   * decoder.positions} are added to them.
   */
  float[] values(Parameter parameter);
}
