package mos.latency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.space.ArchitectureFeatures;

/**
 * HAT's latency predictor: linear layers with ReLU between them on features divided by
 * feature-norm; the output is latency divided by lat-norm. Predicting needs no native code.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.3.
 */
final class HatNetwork implements LatencyModel {
  private static final int MAX_LAYERS = 100;
  private static final int MAX_WIDTH = 1 << 14;

  /**
   * One linear layer.
   *
   * @param weight (out, in) in row-major order
   * @param bias (out)
   */
  record Layer(float[] weight, float[] bias) {
    Layer {
      if (bias.length == 0 || weight.length == 0 || weight.length % bias.length != 0) {
        throw new MosException(
            "latency predictor: got "
                + weight.length
                + " weights for "
                + bias.length
                + " outputs, need a whole number of inputs");
      }
    }

    int inputs() {
      return weight.length / bias.length;
    }

    double[] apply(double[] in) {
      double[] out = new double[bias.length];
      for (int o = 0; o < out.length; o++) {
        double sum = bias[o];
        for (int i = 0; i < in.length; i++) {
          sum += weight[o * in.length + i] * in[i];
        }
        out[o] = sum;
      }
      return out;
    }
  }

  private final List<Double> featureNorm;
  private final double latencyNormMs;
  private final List<Layer> layers;

  /**
   * @throws MosException when the layers do not fit one another, 10 inputs and one output
   */
  HatNetwork(List<Double> featureNorm, double latencyNormMs, List<Layer> layers) {
    this.featureNorm = checkedNorm(featureNorm);
    this.latencyNormMs = latencyNormMs;
    this.layers = List.copyOf(layers);
    int width = ArchitectureFeatures.AGGREGATE_SIZE;
    for (Layer layer : layers) {
      if (layer.inputs() != width) {
        throw new MosException(
            "latency predictor: got a layer of "
                + layer.inputs()
                + " inputs after "
                + width
                + " outputs");
      }
      width = layer.bias().length;
    }
    if (width != 1 || layers.isEmpty()) {
      throw new MosException("latency predictor: got " + width + " outputs, need 1");
    }
  }

  static List<Double> checkedNorm(List<Double> norm) {
    if (norm.size() != ArchitectureFeatures.AGGREGATE_SIZE) {
      throw new ConfigurationException(
          "feature-norm: got "
              + norm.size()
              + " values, need "
              + ArchitectureFeatures.AGGREGATE_SIZE);
    }
    return List.copyOf(norm);
  }

  @Override
  public double ms(LatencyInput input) {
    double[] features = input.features();
    double[] x = new double[features.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = features[i] / featureNorm.get(i);
    }
    for (int l = 0; l < layers.size(); l++) {
      x = layers.get(l).apply(x);
      for (int i = 0; i < x.length && l < layers.size() - 1; i++) {
        x[i] = Math.max(0, x[i]);
      }
    }
    return x[0] * latencyNormMs;
  }

  /** Weights are base64 of little-endian float32. */
  ObjectNode toJson() {
    ObjectNode json = Json.object();
    ArrayNode norms = json.putArray("feature_norm");
    featureNorm.forEach(norms::add);
    json.put("lat_norm_ms", latencyNormMs);
    ArrayNode array = json.putArray("layers");
    for (Layer layer : layers) {
      array
          .addObject()
          .put("outputs", layer.bias().length)
          .put("inputs", layer.inputs())
          .put("bias", encode(layer.bias()))
          .put("weight", encode(layer.weight()));
    }
    return json;
  }

  static HatNetwork fromJson(JsonNode json, String where) {
    List<Double> norm = new ArrayList<>();
    for (JsonNode node : json.path("feature_norm")) {
      norm.add(PredictorFile.positive(node, "feature_norm", where));
    }
    double latencyNorm = PredictorFile.positive(json.path("lat_norm_ms"), "lat_norm_ms", where);
    List<Layer> layers = new ArrayList<>();
    JsonNode array = json.path("layers");
    if (array.size() > MAX_LAYERS) {
      throw new MosException(where + ": layers: got " + array.size() + ", at most " + MAX_LAYERS);
    }
    for (JsonNode node : array) {
      int outputs = size(node, "outputs", where);
      int inputs = size(node, "inputs", where);
      layers.add(
          new Layer(
              decode(node, "weight", (long) outputs * inputs, where),
              decode(node, "bias", outputs, where)));
    }
    try {
      return new HatNetwork(norm, latencyNorm, layers);
    } catch (MosException e) {
      throw new MosException(where + ": " + e.getMessage(), e);
    }
  }

  private static int size(JsonNode layer, String key, String where) {
    JsonNode node = layer.path(key);
    if (!node.isInt() || node.intValue() < 1 || node.intValue() > MAX_WIDTH) {
      throw new MosException(
          where + ": " + key + ": got " + node + ", must be a whole number in 1.." + MAX_WIDTH);
    }
    return node.intValue();
  }

  private static String encode(float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static float[] decode(JsonNode layer, String key, long count, String where) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(layer.path(key).asText());
    } catch (IllegalArgumentException e) {
      throw new MosException(where + ": " + key + ": not base64", e);
    }
    if (bytes.length != 4 * count) {
      throw new MosException(
          where + ": " + key + ": got " + bytes.length + " bytes, need " + 4 * count);
    }
    float[] values = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new MosException(where + ": " + key + ": got " + value + ", must be finite");
      }
    }
    return values;
  }
}
