package mos.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedsTest {
  @Test
  void equalArgumentsGiveEqualSeeds() {
    // The value is fixed too (computed apart from this code): another one would change every
    // published run.
    assertThat(Seeds.derive(1, "dropout", 3, 0))
        .isEqualTo(Seeds.derive(1, "dropout", 3, 0))
        .isEqualTo(5_084_594_957_153_673_827L);
  }

  @Test
  void seedPurposeAndEveryIndexMatter() {
    assertThat(
            Set.of(
                Seeds.derive(1, "a"),
                Seeds.derive(2, "a"),
                Seeds.derive(1, "b"),
                Seeds.derive(1, "ab"),
                Seeds.derive(1, "ba"),
                Seeds.derive(1, "a", 0),
                Seeds.derive(1, "a", 1),
                Seeds.derive(1, "a", 0, 1),
                Seeds.derive(1, "a", 1, 0)))
        .hasSize(9);
  }

  @Test
  void neighbouringUpdatesHaveUnrelatedSeeds() {
    Set<Long> seen = new HashSet<>();
    long bits = 0;
    for (int update = 0; update < 10_000; update++) {
      long seed = Seeds.derive(1, "architecture", update);
      assertThat(seed).isNotNegative();
      seen.add(seed);
      bits += Long.bitCount(seed ^ Seeds.derive(1, "architecture", update + 1));
    }
    assertThat(seen).hasSize(10_000);
    // Of 63 bits, half differ.
    assertThat(bits / 10_000.0).isBetween(31.0, 32.0);
  }
}
