package mos.train;

import java.util.Optional;
import mos.base.MosException;

/** The checkpoint of the best validation, and what comes in its place when it was lost. */
final class BestCheckpoint {
  private final CheckpointFolder checkpoints;
  private final Selection selection;
  private Optional<BestValidation> lost = Optional.empty();

  BestCheckpoint(CheckpointFolder checkpoints, Selection selection) {
    this.checkpoints = checkpoints;
    this.selection = selection;
  }

  /**
   * Looks whether it is still there.
   *
   * @param validated whether no further validation is to come
   * @return the state to go on from: without a best validation where it is lost
   */
  TrainState find(TrainState state, boolean validated) {
    double loss = state.bestLoss();
    if (Double.isInfinite(loss) || checkpoints.hasBest()) {
      return state;
    }
    if (!validated) {
      checkpoints.warnOfLostBest(loss);
    }
    lost = Optional.of(state.best());
    return state.with(BestValidation.NONE);
  }

  /** Keeps the state if its validation is better than any before; else counts it. */
  TrainState keep(TrainState state, BestValidation now) {
    if (!selection.better(now, state.best())) {
      return state.with(state.best().oneMore());
    }
    TrainState best = state.with(now);
    checkpoints.saveBest(best);
    return best;
  }

  /**
   * Fails where a training has ended without one.
   *
   * @throws MosException when no validation loss was finite
   */
  void require(TrainState state) {
    if (Double.isInfinite(state.bestLoss())) {
      throw new MosException(
          "no validation loss was finite, so that there is no best checkpoint; the last state is in "
              + checkpoints);
    }
  }

  /**
   * Makes what was lost again at the end of a training: the last state is as good, or nothing here
   * is.
   *
   * @throws MosException where it is not
   */
  TrainState remake(TrainState state, BestValidation last) {
    if (lost.isEmpty()) {
      return state;
    }
    if (selection.better(lost.get(), last)) {
      throw checkpoints.bestIsLost(lost.get().loss(), last.loss());
    }
    return keep(state, last);
  }
}
