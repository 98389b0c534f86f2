package mos.train;

import java.util.Map;

/** Follows a training, for progress display. */
public interface TrainingListener {
  /** Nobody follows. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * After an update.
   *
   * @param loss of this update, per target token in nats
   */
  default void updated(long update, long maxUpdates, double loss) {}

  /** After a validation, by architecture name. */
  default void validated(long update, Map<String, ValidationLoss> losses) {}

  /**
   * When it ended before its last update, for want of a gain.
   *
   * @param validations in a row that were no better
   */
  default void endedEarly(long update, int validations) {}

  /**
   * When a state was restored.
   *
   * @param begun what the training was begun with, which may differ in what no resume refuses
   */
  default void resumed(long update, ModelDescription begun) {}
}
