package mos.onnx;

import java.util.Locale;

/** In what a model's products with weights are computed. Everything else is fp32. */
public enum OnnxPrecision {
  FP32,
  /** Weights of 8 bits, a scale for each output; activations are quantised when they are known. */
  INT8;

  /** fp32 or int8. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
