package mos.results;

import java.util.List;
import mos.space.SubTransformer;

/**
 * The file {@code router-weights.json} beside a found architecture: how the SuperTransformer's
 * routers mix the experts for it and for others.
 *
 * @param experts how many there are, at least 2
 * @param routing the routers' name, such as "archrouting_jack_drop_2L"
 */
public record RouterWeights(int experts, String routing, List<OfArchitecture> architectures) {
  /** Name of the file. */
  public static final String FILE_NAME = "router-weights.json";

  /** Copies the list; none where it is null. */
  public RouterWeights {
    architectures = architectures == null ? List.of() : List.copyOf(architectures);
  }

  /**
   * All routers' weights for one architecture.
   *
   * @param name "found", "largest", "smallest" or "random" and a number
   */
  public record OfArchitecture(String name, SubTransformer architecture, List<OfMatrix> routers) {
    /** Copies the list; none where it is null. */
    public OfArchitecture {
      routers = routers == null ? List.of() : List.copyOf(routers);
    }
  }

  /**
   * One router's weights.
   *
   * @param side "encoder" or "decoder"
   * @param layer from 1
   * @param matrix whose experts it mixes, such as "fc1"
   * @param mean weight of each expert, over the neurons in use
   * @param spread standard deviation over them; 0 where all neurons have one weight
   */
  public record OfMatrix(
      String side, int layer, String matrix, List<Double> mean, List<Double> spread) {}
}
