package mos.train;

/** How fast updates follow each other; time between {@link #rest} and the next is not counted. */
final class Pace {
  private long mark = System.nanoTime();
  private double seconds;
  private long tokens;

  /** Something else than updates ended. */
  void rest() {
    mark = System.nanoTime();
  }

  /**
   * An update ended.
   *
   * @return the seconds that it took
   */
  double updated(long targetTokens) {
    long now = System.nanoTime();
    double taken = (now - mark) / 1e9;
    mark = now;
    seconds += taken;
    tokens += targetTokens;
    return taken;
  }

  /** Target tokens per second since the last call. */
  double takeTokensPerSecond() {
    double speed = tokens / seconds;
    seconds = 0;
    tokens = 0;
    return speed;
  }
}
