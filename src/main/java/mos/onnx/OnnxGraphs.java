package mos.onnx;

import java.util.Map;
import java.util.TreeMap;

/**
 * Both graphs of a model and the places of their constants.
 *
 * @param weights where constants are in their file
 */
record OnnxGraphs(OnnxGraph encoder, OnnxGraph decoder, WeightsLayout weights) {
  /** Noted in every model file. */
  static final String FORMAT = "mos-onnx";

  static final String VERSION = "1";

  static OnnxGraphs of(ModelSizes sizes, OnnxPrecision precision) {
    WeightsLayout weights = new WeightsLayout();
    Map<String, String> properties = properties(precision);
    return new OnnxGraphs(
        EncoderGraph.of(sizes, precision).build(weights, properties),
        DecoderGraph.of(sizes, precision).build(weights, properties),
        weights);
  }

  /** What a model file says of itself, in a fixed order. */
  static Map<String, String> properties(OnnxPrecision precision) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("format", FORMAT);
    properties.put("version", VERSION);
    properties.put("precision", precision.label());
    return properties;
  }
}
