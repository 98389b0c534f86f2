package mos.latency;

import java.util.List;
import java.util.Optional;
import mos.space.ArchitectureFeatures;
import mos.space.SubTransformer;

/**
 * One measured SubTransformer of a latency dataset.
 *
 * @param features the 10 averaged architecture features, raw
 * @param latency the measurement
 * @param architecture layer by layer, where the dataset knows it
 */
public record LatencyRow(
    List<Double> features, Latency latency, Optional<SubTransformer> architecture) {
  /**
   * @throws IllegalArgumentException for any but 10 features
   */
  public LatencyRow {
    features = List.copyOf(features);
    if (features.size() != ArchitectureFeatures.AGGREGATE_SIZE) {
      throw new IllegalArgumentException("features: got " + features.size());
    }
  }

  /** A measured architecture. */
  public static LatencyRow of(SubTransformer architecture, Latency latency) {
    List<Double> features =
        java.util.Arrays.stream(ArchitectureFeatures.aggregate(architecture)).boxed().toList();
    return new LatencyRow(features, latency, Optional.of(architecture));
  }

  /** Encoder and decoder together. */
  public double ms() {
    return latency.ms();
  }

  /** What a model sees of the row. */
  LatencyInput input() {
    return new LatencyInput(featureArray(), architecture);
  }

  /** The features as an array of its own. */
  double[] featureArray() {
    return features.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
