package mos.train;

import java.util.OptionalDouble;
import mos.base.MosException;

/** The checkpoint with the lowest validation loss, and what comes in its place when it was lost. */
final class BestCheckpoint {
  private final CheckpointFolder checkpoints;
  private OptionalDouble lost = OptionalDouble.empty();

  BestCheckpoint(CheckpointFolder checkpoints) {
    this.checkpoints = checkpoints;
  }

  /**
   * Looks whether it is still there.
   *
   * @param validated whether no further validation is to come
   * @return the state to go on from: without a best loss where it is lost
   */
  TrainState find(TrainState state, boolean validated) {
    double loss = state.bestLoss();
    if (Double.isInfinite(loss) || checkpoints.hasBest()) {
      return state;
    }
    if (!validated) {
      checkpoints.warnOfLostBest(loss);
    }
    lost = OptionalDouble.of(loss);
    return state.withBestLoss(Double.POSITIVE_INFINITY);
  }

  /** Keeps the state if none before had a lower loss. */
  TrainState keep(TrainState state, double loss) {
    // Written so that a loss that is not a number is never the best.
    if (!(loss < state.bestLoss())) {
      return state;
    }
    TrainState best = state.withBestLoss(loss);
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
  TrainState remake(TrainState state, double loss) {
    if (lost.isEmpty()) {
      return state;
    }
    if (loss > lost.getAsDouble()) {
      throw checkpoints.bestIsLost(lost.getAsDouble(), loss);
    }
    return keep(state, loss);
  }
}
