package mos.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mos.base.Seeds;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/** Which SubTransformers an update trains, and on which the model is validated. */
public interface ArchitectureSchedule {
  /**
   * The architectures of one update, all trained on the same sentences.
   *
   * @param update from 1; equal numbers give equal architectures
   */
  List<SubTransformer> trained(long update);

  /** The architectures to validate, by the name they have in logs. */
  Map<String, SubTransformer> validated();

  /** The one that needs most memory. */
  SubTransformer largest();

  /** One SubTransformer alone. */
  static ArchitectureSchedule single(SubTransformer architecture) {
    return new ArchitectureSchedule() {
      @Override
      public List<SubTransformer> trained(long update) {
        return List.of(architecture);
      }

      @Override
      public Map<String, SubTransformer> validated() {
        return Map.of("subtransformer", architecture);
      }

      @Override
      public SubTransformer largest() {
        return architecture;
      }
    };
  }

  /**
   * A SuperTransformer: per update a random SubTransformer and, with the sandwich rule, the largest
   * (which comes first: its gradients reach all experts) and the smallest.
   *
   * <p>Source: HAT (2020), section 3.2; sandwich rule: Yu and Huang (2019), section 3.1, as used by
   * Mixture-of-Supernets (2024), section 4.
   */
  static ArchitectureSchedule supernet(SearchSpace space, boolean sandwichRule, long seed) {
    return new ArchitectureSchedule() {
      @Override
      public List<SubTransformer> trained(long update) {
        SubTransformer random =
            space.sample(new SplittableRandom(Seeds.derive(seed, "architecture", update)));
        return sandwichRule ? List.of(space.largest(), random, space.smallest()) : List.of(random);
      }

      @Override
      public Map<String, SubTransformer> validated() {
        Map<String, SubTransformer> validated = new LinkedHashMap<>();
        validated.put("largest", space.largest());
        validated.put("smallest", space.smallest());
        return validated;
      }

      @Override
      public SubTransformer largest() {
        return space.largest();
      }
    };
  }
}
