package mos.train;

/** Stops a training whose losses have become hopeless, and scales those of fp16. */
final class LossWatch {
  private static final int MAX_UNUSABLE_UPDATES = 10;

  private final boolean scaled;
  private final EarlyEnd early;
  private int unusable;

  /**
   * @param scaled whether losses are scaled, so that some may overflow
   */
  LossWatch(boolean scaled, EarlyEnd early) {
    this.scaled = scaled;
    this.early = early;
  }

  /**
   * Looks at an update's outcome.
   *
   * @return the state with the loss scale of the next update
   * @throws mos.base.MosException after saving, when the training is to end
   */
  TrainState after(TrainState state, Outcome outcome, long update) {
    if (scaled) {
      TrainState next = state.withLossScale(state.lossScale().after(!outcome.finite()));
      if (next.lossScale().exhausted()) {
        throw early.overflow(next, update);
      }
      return next;
    }
    unusable = outcome.finite() ? 0 : unusable + 1;
    if (unusable == MAX_UNUSABLE_UPDATES) {
      throw early.notFinite(state, unusable, update);
    }
    return state;
  }
}
