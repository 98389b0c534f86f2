package mos.train;

/**
 * When a training validates and saves, apart from its end.
 *
 * @param validateEpochs epochs between validations, at least 1
 * @param validateUpdates updates between further validations, 0 none
 * @param saveUpdates updates between checkpoints within an epoch, 0 none
 * @param keepLastEpochs numbered checkpoints kept
 */
public record Intervals(
    int validateEpochs, int validateUpdates, int saveUpdates, int keepLastEpochs) {

  /**
   * Whether to validate after an update.
   *
   * @param endOfEpoch whether it was its epoch's last
   */
  boolean validates(TrainState state, boolean endOfEpoch) {
    return (endOfEpoch && state.position().epoch() % validateEpochs == 0)
        || every(validateUpdates, state);
  }

  /** Whether to save after an update. */
  boolean saves(TrainState state) {
    return every(saveUpdates, state);
  }

  private static boolean every(int updates, TrainState state) {
    return updates > 0 && state.update() % updates == 0;
  }
}
