package mos.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import mos.base.MosException;
import mos.latency.LatencyPredictor;

/**
 * HAT's latency predictor as a state dict: {@code first_layer}, {@code layers.0}, …, {@code
 * predict}, each with weight and bias.
 */
public final class HatPredictor {
  /** What HAT divides the latencies of its published predictors by. */
  public static final double LATENCY_NORM_MS = 200;

  private static final String FIRST = "first_layer";
  private static final String LAST = "predict";

  private HatPredictor() {}

  /** Whether a file holds such a state dict. */
  public static boolean isOne(TorchFile file) {
    return file.root() instanceof Map<?, ?> root && root.containsKey(FIRST + ".weight");
  }

  /**
   * The predictor, to be evaluated or saved.
   *
   * @param latencyNormMs what it multiplies its output by
   * @throws MosException when a layer is missing, unknown or fits no other
   */
  public static LatencyPredictor read(
      TorchFile file, List<Double> featureNorm, double latencyNormMs) {
    Map<?, ?> root = (Map<?, ?>) file.root();
    List<String> layers = new ArrayList<>(List.of(FIRST));
    for (int i = 0; root.containsKey("layers." + i + ".weight"); i++) {
      layers.add("layers." + i);
    }
    layers.add(LAST);
    Set<String> known =
        layers.stream()
            .flatMap(layer -> List.of(layer + ".weight", layer + ".bias").stream())
            .collect(Collectors.toSet());
    for (Object name : root.keySet()) {
      if (!known.contains(name)) {
        throw new MosException(file.file() + ": latency predictor: unknown entry " + name);
      }
    }
    List<float[]> weights = new ArrayList<>();
    List<float[]> biases = new ArrayList<>();
    long inputs = 0;
    for (String layer : layers) {
      TorchTensor weight = tensor(root, layer + ".weight", 2, file);
      TorchTensor bias = tensor(root, layer + ".bias", 1, file);
      boolean first = weights.isEmpty();
      if (!weight.shape().get(0).equals(bias.shape().get(0))
          || (!first && weight.shape().get(1) != inputs)) {
        throw new MosException(
            file.file()
                + ": latency predictor: "
                + layer
                + " has shapes "
                + weight.shape()
                + " and "
                + bias.shape()
                + (first ? "" : " after " + inputs + " outputs"));
      }
      inputs = weight.shape().get(0);
      weights.add(weight.floats());
      biases.add(bias.floats());
    }
    return LatencyPredictor.ofNetwork(weights, biases, featureNorm, latencyNormMs);
  }

  private static TorchTensor tensor(Map<?, ?> root, String name, int dimensions, TorchFile file) {
    if (root.get(name) instanceof TorchTensor tensor && tensor.shape().size() == dimensions) {
      return tensor;
    }
    throw new MosException(
        file.file() + ": latency predictor: no " + name + " with " + dimensions + " dimensions");
  }
}
