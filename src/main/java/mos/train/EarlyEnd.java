package mos.train;

import mos.base.MosException;

/** The ways in which a training ends early; each saves its state and says how to go on. */
final class EarlyEnd {
  private final CheckpointFolder checkpoints;

  EarlyEnd(CheckpointFolder checkpoints) {
    this.checkpoints = checkpoints;
  }

  /**
   * A signal came.
   *
   * @param when between "stopped" and the update's number
   */
  MosException stopped(String when, TrainState state) {
    checkpoints.saveLastNow(state);
    return new MosException(
        "stopped "
            + when
            + state.update()
            + ", which is saved in "
            + checkpoints
            + "; the same command continues");
  }

  /** The update after {@code state} did not fit: parameters change at the end of one only. */
  MosException outOfMemory(TrainState state, boolean deterministic, RuntimeException cause) {
    boolean saved = checkpoints.saveLastAlone(state);
    return new MosException(
        "out of memory in update "
            + (state.update() + 1)
            + (deterministic ? "" : ", even with one sentence in a pass")
            + ": "
            + cause.getMessage().lines().findFirst().orElse("")
            + (saved ? "; the state after update " + state.update() : "; the last checkpoint")
            + " is saved in "
            + checkpoints
            + ". Free memory"
            + (deterministic ? " or lower --max-tokens-per-pass" : "")
            + ": another process may hold it. The same command continues.",
        cause);
  }

  /** The loss scale has become useless. */
  MosException overflow(TrainState state, long update) {
    checkpoints.saveLastNow(state);
    return new MosException(
        "the loss scale fell below "
            + LossScale.LEAST
            + " in update "
            + update
            + ": gradients overflow in fp16 whatever the scale; the state is saved in "
            + checkpoints
            + ". Train with bf16, a lower learning rate or a longer warm-up.");
  }

  /**
   * Too many updates had to be skipped.
   *
   * @param update the last one
   */
  MosException notFinite(TrainState state, int updates, long update) {
    checkpoints.saveLastNow(state);
    return new MosException(
        "the loss was not finite in "
            + updates
            + " updates in a row, the last one number "
            + update
            + "; these updates were skipped and the state is saved in "
            + checkpoints
            + ". Try a lower learning rate or a longer warm-up.");
  }
}
