package mos.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskSizesTest {
  private static final long GIB = 1L << 30;

  @Test
  void runOnACpuEndsInHoursWhateverTheCorpus() {
    for (long pairs : new long[] {200, 50_000, 300_000, 40_000_000}) {
      TaskSizes sizes = TaskSizes.of(null, pairs, 30 * pairs, false, 16 * GIB);
      assertThat(sizes.hours()).isBetween(1, 8);
      assertThat(sizes.why()).anyMatch(why -> why.startsWith("hours " + sizes.hours()));
    }
    assertThat(TaskSizes.of(null, 300_000, 9_000_000, true, 40 * GIB).hours()).isZero();
  }
}
