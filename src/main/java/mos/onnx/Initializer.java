package mos.onnx;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * A constant of a graph that stands outside of it.
 *
 * @param parameter what it is made of
 * @param form how
 */
record Initializer(Parameter parameter, Form form) {
  /** The largest 8-bit number used: symmetric, so without −128. */
  private static final int LIMIT = 127;

  /** What is made of a matrix. */
  enum Form {
    /** As it is. */
    PLAIN(""),
    /** 8-bit, (in, out), as a product reads it. */
    TRANSPOSED(".int8"),
    /** 8-bit, (V, D), as symbols are looked up. */
    ROWS(".int8_rows"),
    /** The step of each row's 8-bit numbers, (out). */
    SCALES(".scale");

    private final String suffix;

    Form(String suffix) {
      this.suffix = suffix;
    }
  }

  String name() {
    return parameter.name() + form.suffix;
  }

  boolean int8() {
    return form == Form.TRANSPOSED || form == Form.ROWS;
  }

  DataType type() {
    return int8() ? DataType.INT8 : DataType.FLOAT;
  }

  long[] shape() {
    return switch (form) {
      case SCALES -> new long[] {parameter.rows()};
      case TRANSPOSED -> new long[] {parameter.columns(), parameter.rows()};
      case PLAIN, ROWS ->
          parameter.columns() == 1
              ? new long[] {parameter.rows()}
              : new long[] {parameter.rows(), parameter.columns()};
    };
  }

  long bytes() {
    long numbers = form == Form.SCALES ? parameter.rows() : parameter.size();
    return int8() ? numbers : Float.BYTES * numbers;
  }

  /**
   * Puts its bytes.
   *
   * @param values of the parameter, row by row
   */
  void put(float[] values, ByteBuffer out) {
    switch (form) {
      case PLAIN -> floats(out, values.length).put(values);
      case SCALES -> floats(out, parameter.rows()).put(scales(values));
      case ROWS -> out.put(quantized(values));
      case TRANSPOSED -> {
        byte[] rows = quantized(values);
        byte[] line = new byte[parameter.rows()];
        for (int j = 0; j < parameter.columns(); j++) {
          for (int i = 0; i < line.length; i++) {
            line[i] = rows[i * parameter.columns() + j];
          }
          out.put(line);
        }
      }
    }
  }

  private static FloatBuffer floats(ByteBuffer out, int count) {
    FloatBuffer view = out.asFloatBuffer();
    out.position(out.position() + Float.BYTES * count);
    return view;
  }

  /** The largest of each row is 127 steps; a row of zeros has steps of 1. */
  private float[] scales(float[] values) {
    float[] scales = new float[parameter.rows()];
    for (int i = 0; i < scales.length; i++) {
      float most = 0;
      for (int j = 0; j < parameter.columns(); j++) {
        most = Math.max(most, Math.abs(values[i * parameter.columns() + j]));
      }
      scales[i] = most == 0 ? 1 : most / LIMIT;
    }
    return scales;
  }

  private byte[] quantized(float[] values) {
    float[] scales = scales(values);
    byte[] numbers = new byte[values.length];
    for (int i = 0; i < numbers.length; i++) {
      int number = Math.round(values[i] / scales[i / parameter.columns()]);
      numbers[i] = (byte) Math.max(-LIMIT, Math.min(LIMIT, number));
    }
    return numbers;
  }
}
