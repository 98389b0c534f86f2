package mos.train;

import mos.data.BatchSource;
import mos.data.InvalidSizes;
import mos.data.TrainingBatches;
import mos.data.UpdateIterator;
import mos.distributed.Ranks;
import org.bytedeco.pytorch.Device;

/** The updates of a training, from any place in its data on. */
record TrainingUpdates(TrainingBatches batches, TrainingConfig config, Ranks ranks) {
  /** The sentence pairs that are not trained on. */
  InvalidSizes skipped() {
    return batches.skipped();
  }

  /** Whether an epoch ends before a place. */
  boolean endOfEpoch(UpdateIterator.Position place) {
    return updates(place).atEndOfEpoch();
  }

  /** The share of this rank, from a place on. */
  BatchSource from(UpdateIterator.Position place, Device device, int tokensPerPass) {
    return BatchSource.ofShare(
        updates(place), PassSize.passes(device), tokensPerPass, ranks.rank(), ranks.size());
  }

  private UpdateIterator updates(UpdateIterator.Position place) {
    return new UpdateIterator(batches, config.update().inAll(ranks.size()), place);
  }
}
