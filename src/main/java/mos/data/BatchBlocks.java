package mos.data;

/** The batches of a training, epoch after epoch, each epoch in one block or more. */
public interface BatchBlocks extends AutoCloseable {
  /**
   * The batches of a block.
   *
   * @param corpus what their sentence indices are of
   */
  record Block(ParallelCorpus corpus, EpochPlan plan) {}

  /** Blocks of an epoch, at least 1; epochs count from 1. */
  int count(long epoch);

  /** Block {@code number} of an epoch, 0 ≤ number &lt; count; reads or waits for it. */
  Block block(long epoch, int number);

  /** Ends reading ahead. */
  @Override
  default void close() {}

  /** A corpus that is one block in every epoch. */
  static BatchBlocks of(ParallelCorpus corpus, BatchPlanner planner, long seed) {
    return new BatchBlocks() {
      @Override
      public int count(long epoch) {
        return 1;
      }

      @Override
      public Block block(long epoch, int number) {
        return new Block(corpus, planner.shuffled(seed, epoch));
      }
    };
  }
}
