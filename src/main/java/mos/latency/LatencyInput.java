package mos.latency;

import java.util.Optional;
import mos.space.ArchitectureFeatures;
import mos.space.SubTransformer;

/**
 * What a latency model sees of a SubTransformer.
 *
 * @param features the 10 averaged architecture features, raw
 * @param architecture layer by layer, where it is known
 */
record LatencyInput(double[] features, Optional<SubTransformer> architecture) {
  static LatencyInput of(SubTransformer architecture) {
    return new LatencyInput(
        ArchitectureFeatures.aggregate(architecture), Optional.of(architecture));
  }
}
