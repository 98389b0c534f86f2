package mos.data;

import java.util.ArrayList;
import java.util.List;
import mos.base.ConfigurationException;
import mos.base.MosException;

/**
 * The micro-batches of one update after the other, epoch after epoch, without end. Where it stands
 * is a value: an iterator made with it continues exactly there. Not thread-safe.
 */
public final class UpdateIterator {
  private final BatchBlocks blocks;
  private final int updateFrequency;
  private long epoch;
  private int update;
  private int number;
  private int batch;
  private BatchBlocks.Block block;

  /**
   * Which update comes next.
   *
   * @param epoch from 1
   * @param update within the epoch, from 0; at the end of an epoch the number of its updates
   * @param block of the epoch, from 0; at the end of an epoch the number of its blocks
   * @param batch within the block, from 0; {@value #FOLLOWS}: it follows from {@code update}, in an
   *     epoch of one block
   */
  public record Position(long epoch, int update, int block, int batch) {
    /** Where training starts. */
    public static final Position START = new Position(1, 0);

    /** See {@code batch}. */
    public static final int FOLLOWS = -1;

    public Position {
      if (epoch < 1 || update < 0 || block < 0 || batch < FOLLOWS) {
        throw new MosException(
            "position in the corpus: got epoch "
                + epoch
                + ", update "
                + update
                + ", block "
                + block
                + ", batch "
                + batch
                + ", must be at least 1, 0, 0 and "
                + FOLLOWS);
      }
    }

    /** In an epoch of one block. */
    public Position(long epoch, int update) {
      this(epoch, update, 0, FOLLOWS);
    }
  }

  /** Micro-batches of an update, with what their sentence indices are of. */
  public record MicroBatches(ParallelCorpus corpus, List<int[]> batches) {}

  /**
   * @param updateFrequency micro-batches of one update, at least 1; the last update of an epoch may
   *     have fewer
   * @param position which update {@link #next} gives first
   * @throws MosException when the epoch has fewer updates
   */
  public UpdateIterator(BatchBlocks blocks, int updateFrequency, Position position) {
    if (updateFrequency < 1) {
      throw new ConfigurationException(
          "update-freq: got " + updateFrequency + ", must be at least 1");
    }
    this.blocks = blocks;
    this.updateFrequency = updateFrequency;
    this.epoch = position.epoch();
    this.update = position.update();
    this.number = position.block();
    if (number < count()) {
      open();
    }
    this.batch = batchOf(position);
    settle();
  }

  private int batchOf(Position position) {
    int count = count();
    String has = number < count ? block.plan().batches() + " batches" : count + " blocks";
    boolean there = number <= count;
    int first = Math.max(0, position.batch());
    if (position.batch() == Position.FOLLOWS && update > 0) {
      int updates = (int) ((block.plan().batches() + updateFrequency - 1L) / updateFrequency);
      has = updates + " updates";
      there = count == 1 && update <= updates;
      first = (int) Math.min(block.plan().batches(), (long) update * updateFrequency);
    }
    if (!there || first > (number < count ? block.plan().batches() : 0)) {
      throw new MosException(
          "position in the corpus: got update "
              + update
              + " of epoch "
              + epoch
              + ", block "
              + number
              + ", batch "
              + position.batch()
              + ", which has "
              + has
              + (count > 1 ? " in " + count + " blocks" : "")
              + "; were the data, the batch size or shuffle-buffer changed?");
    }
    return first;
  }

  private int count() {
    return blocks.count(epoch);
  }

  private void open() {
    block = blocks.block(epoch, number);
  }

  /** Goes on to the next block that has a batch, or to the end of the epoch. */
  private void settle() {
    while (!atEndOfEpoch() && batch >= block.plan().batches()) {
      number++;
      batch = 0;
      block = null;
      if (!atEndOfEpoch()) {
        open();
      }
    }
  }

  /** Which update {@link #next} gives. */
  public Position position() {
    return count() == 1 ? new Position(epoch, update) : new Position(epoch, update, number, batch);
  }

  /** Whether the epoch of {@link #position} is finished: the next update is of the next one. */
  public boolean atEndOfEpoch() {
    return number >= count();
  }

  /** The micro-batches of the next update. */
  public MicroBatches next() {
    if (atEndOfEpoch()) {
      epoch++;
      update = 0;
      number = 0;
      open();
      settle();
    }
    List<ParallelCorpus> corpora = new ArrayList<>();
    List<int[]> microBatches = new ArrayList<>();
    int before = 0;
    while (microBatches.size() < updateFrequency && !atEndOfEpoch()) {
      corpora.add(block.corpus());
      int end = Math.min(block.plan().batches(), batch + updateFrequency - microBatches.size());
      for (int k = batch; k < end; k++) {
        microBatches.add(shifted(block.plan().batch(k), before));
      }
      before += block.corpus().size();
      batch = end;
      settle();
    }
    update++;
    return new MicroBatches(ParallelCorpus.concatenated(corpora), microBatches);
  }

  private static int[] shifted(int[] sentences, int by) {
    for (int i = 0; by > 0 && i < sentences.length; i++) {
      sentences[i] += by;
    }
    return sentences;
  }
}
