package mos.train;

import mos.data.BatchPlanner;
import mos.data.BatchSource;
import mos.data.InvalidSizes;
import mos.data.ParallelCorpus;
import mos.data.UpdateIterator;
import mos.distributed.Ranks;
import org.bytedeco.pytorch.Device;

/** The batches of a training, from any place in the corpus on. */
final class TrainingBatches {
  private final ParallelCorpus corpus;
  private final TrainingConfig config;
  private final Ranks ranks;
  private final BatchPlanner planner;

  TrainingBatches(ParallelCorpus corpus, TrainingConfig config, Ranks ranks) {
    this.corpus = corpus;
    this.config = config;
    this.ranks = ranks;
    this.planner = BatchPlanner.ofTraining(corpus, config.update().maxTokens(), ranks.first());
  }

  /** The sentence pairs that are not trained on. */
  InvalidSizes skipped() {
    return planner.skipped();
  }

  /** Whether an epoch ends before a place. */
  boolean endOfEpoch(UpdateIterator.Position place) {
    return updates(place).atEndOfEpoch();
  }

  /** The share of this rank, from a place on. */
  BatchSource from(UpdateIterator.Position place, Device device, int tokensPerPass) {
    return BatchSource.ofShare(
        updates(place), corpus, PassSize.passes(device), tokensPerPass, ranks.rank(), ranks.size());
  }

  private UpdateIterator updates(UpdateIterator.Position place) {
    return new UpdateIterator(planner, config.seed(), config.update().inAll(ranks.size()), place);
  }
}
