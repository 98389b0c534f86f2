package mos.experiment;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;
import mos.base.Seeds;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/** Random architectures to compare by. */
public final class RandomArchitectures {
  private RandomArchitectures() {}

  /**
   * Distinct random architectures, the first ones the same however many there are; fewer than
   * {@code wanted} in a space that has no more.
   */
  public static Set<SubTransformer> draw(SearchSpace space, int wanted, long seed) {
    Set<SubTransformer> distinct = new LinkedHashSet<>();
    for (int i = 0; i < 100 * wanted && distinct.size() < wanted; i++) {
      distinct.add(space.sample(new SplittableRandom(Seeds.derive(seed, "evaluate-supernet", i))));
    }
    return distinct;
  }
}
