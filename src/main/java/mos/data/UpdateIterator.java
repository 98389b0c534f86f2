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
  private final BatchPlanner planner;
  private final long seed;
  private final int updateFrequency;
  private EpochPlan plan;
  private Position position;

  /**
   * Which update comes next.
   *
   * @param epoch from 1
   * @param update within the epoch, from 0; when it is the number of updates of the epoch, the
   *     first of the next epoch comes next
   */
  public record Position(long epoch, int update) {
    /** Where training starts. */
    public static final Position START = new Position(1, 0);

    public Position {
      if (epoch < 1 || update < 0) {
        throw new MosException(
            "position in the corpus: got epoch "
                + epoch
                + ", update "
                + update
                + ", must be at least 1 and 0");
      }
    }
  }

  /**
   * @param updateFrequency micro-batches of one update, at least 1; the last update of an epoch may
   *     have fewer
   * @param position which update {@link #next} gives first
   * @throws MosException when the corpus is empty or the epoch has fewer updates
   */
  public UpdateIterator(BatchPlanner planner, long seed, int updateFrequency, Position position) {
    if (updateFrequency < 1) {
      throw new ConfigurationException(
          "update-freq: got " + updateFrequency + ", must be at least 1");
    }
    if (planner.sentences() == 0) {
      throw new MosException("there are no sentences to train on");
    }
    this.planner = planner;
    this.seed = seed;
    this.updateFrequency = updateFrequency;
    this.position = position;
    this.plan = planner.shuffled(seed, position.epoch());
    if (position.update() > updates()) {
      throw new MosException(
          "position in the corpus: epoch "
              + position.epoch()
              + " has "
              + updates()
              + " updates, got "
              + position.update()
              + "; were the data or the batch size changed?");
    }
  }

  /** The number of updates of the epoch that {@link #position} is in. */
  public int updates() {
    return (int) ((plan.batches() + updateFrequency - 1L) / updateFrequency);
  }

  /** Which update {@link #next} gives. */
  public Position position() {
    return position;
  }

  /** Whether the epoch of {@link #position} is finished. */
  public boolean atEndOfEpoch() {
    return position.update() == updates();
  }

  /** The micro-batches of the next update, sentence indices each. */
  public List<int[]> next() {
    if (atEndOfEpoch()) {
      position = new Position(position.epoch() + 1, 0);
      plan = planner.shuffled(seed, position.epoch());
    }
    int first = position.update() * updateFrequency;
    int end = (int) Math.min(plan.batches(), (long) first + updateFrequency);
    List<int[]> microBatches = new ArrayList<>(end - first);
    for (int k = first; k < end; k++) {
      microBatches.add(plan.batch(k));
    }
    position = new Position(position.epoch(), position.update() + 1);
    return microBatches;
  }
}
