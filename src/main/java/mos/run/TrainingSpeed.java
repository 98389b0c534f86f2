package mos.run;

/**
 * How long a training takes, as measured in its first updates.
 *
 * @param start seconds before the first update
 * @param update seconds of one
 * @param validation seconds of a validation and of what is saved after it
 * @param validationsPerUpdate how many there are for an update, on average
 */
record TrainingSpeed(double start, double update, double validation, double validationsPerUpdate) {
  /** The shortest training. */
  static final int LEAST_UPDATES = 10;

  /** The most updates that end within a time; {@link #LEAST_UPDATES} where none would. */
  int updates(double seconds) {
    double each = update + validation * validationsPerUpdate;
    double most = (seconds - start - validation) / each;
    return (int) Math.max(LEAST_UPDATES, Math.min(Integer.MAX_VALUE, most));
  }

  /** Seconds of a training of so many updates. */
  double seconds(int updates) {
    return start + updates * (update + validation * validationsPerUpdate) + validation;
  }
}
