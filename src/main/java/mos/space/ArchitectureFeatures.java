package mos.space;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import mos.base.ConfigurationException;

/**
 * An architecture as numbers, for the router and the latency predictor: 10 averages ("aggr") or 40
 * values layer by layer ("fine"; more in spaces of more than 6 layers, see {@link FineScale}). What
 * there is to tell is listed in {@link FeatureBlock}.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.2 (aggr); Jawahar et al., Mixture-of-Supernets
 * (Findings of ACL 2024) (fine).
 */
public final class ArchitectureFeatures {
  /** Column names of the averaged features in HAT's latency datasets, in order. */
  public static final List<String> AGGREGATE_NAMES = FeatureBlock.HAT.columns();

  /** Number of averaged features. */
  public static final int AGGREGATE_SIZE = 10;

  /** Number of layer-by-layer features of the published spaces. */
  public static final int FINE_SIZE = FineScale.PUBLISHED.size();

  /** What HAT divides each averaged feature by before a network sees it. */
  public static final List<Double> PUBLISHED_NORM =
      List.of(640.0, 6.0, 2048.0, 6.0, 640.0, 6.0, 2048.0, 6.0, 6.0, 2.0);

  private ArchitectureFeatures() {}

  /** The 10 averaged features, raw, in the order of {@link #AGGREGATE_NAMES}. */
  public static double[] aggregate(SubTransformer a) {
    return FeatureBlock.HAT.averages(a);
  }

  /** The place of a dimension's average in {@link #aggregate}; it is one of HAT's ten. */
  public static int place(Dimension dimension) {
    return FeatureBlock.HAT.dimensions().indexOf(dimension);
  }

  /** Every averaged feature, raw: HAT's ten, then those of optional dimensions that it uses. */
  public static double[] averages(SubTransformer a) {
    return FeatureBlock.ALL.stream()
        .filter(block -> block.usedBy(a))
        .flatMapToDouble(block -> Arrays.stream(block.averages(a)))
        .toArray();
  }

  /**
   * The averaged features divided by {@code norm}.
   *
   * @throws ConfigurationException when norm has not 10 values
   */
  public static double[] normalised(SubTransformer architecture, List<Double> norm) {
    if (norm.size() != AGGREGATE_SIZE) {
      throw new ConfigurationException(
          "feature-norm: got " + norm.size() + " values, need " + AGGREGATE_SIZE);
    }
    double[] features = aggregate(architecture);
    for (int i = 0; i < features.length; i++) {
      features[i] /= norm.get(i);
    }
    return features;
  }

  /**
   * The averaged features of a space, normalised: HAT's, then those of its layer options, divided
   * by the largest choice; {@link FineScale#averages} of them.
   *
   * @throws ConfigurationException when norm has not 10 values
   */
  public static double[] normalised(SubTransformer a, List<Double> norm, FineScale scale) {
    DoubleStream all = Arrays.stream(normalised(a, norm));
    for (DimensionKind option : scale.options().keySet()) {
      all =
          DoubleStream.concat(
              all,
              Arrays.stream(FeatureBlock.of(option).averages(a))
                  .map(value -> value / scale.options().get(option)));
    }
    return all.toArray();
  }

  /** The 40 layer-by-layer features of a published space; see {@link #fine}. */
  public static double[] fine(SubTransformer a) {
    return fine(a, FineScale.PUBLISHED);
  }

  /**
   * The layer-by-layer features, normalised; 0 for inactive layers.
   *
   * @return {@link FineScale#size} of them
   * @throws ConfigurationException for more layers than there is room for
   */
  public static double[] fine(SubTransformer a, FineScale scale) {
    if (a.encoderLayers() > scale.encoderLayers() || a.decoderLayers() > scale.decoderLayers()) {
      throw new ConfigurationException(
          "fine architecture features: got "
              + a.encoderLayers()
              + " encoder and "
              + a.decoderLayers()
              + " decoder layers, must be at most "
              + scale.encoderLayers()
              + " and "
              + scale.decoderLayers());
    }
    double[] features = new double[scale.size()];
    int next = 0;
    for (Dimension dimension : scale.dimensions()) {
      DimensionKind kind = dimension.kind();
      List<Integer> values = a.values(dimension);
      for (int f = 0; f < kind.features(); f++) {
        for (int i = 0; i < values.size(); i++) {
          features[next + i] = kind.feature(values.get(i), f) / (double) scale.divisor(dimension);
        }
        next += scale.room(dimension);
      }
    }
    return features;
  }
}
