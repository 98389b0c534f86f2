package mos.fetch;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import mos.base.ConfigurationException;

/**
 * How patient a download is.
 *
 * @param tries tries in a row without notable progress, at least 1
 * @param firstDelay pause after the first failure; doubles with each further one
 * @param timeout longest time without a connection, an answer or a byte
 */
public record RetryPolicy(int tries, Duration firstDelay, Duration timeout) {
  /** Gives up after about a minute of failures. */
  public static final RetryPolicy DEFAULT =
      new RetryPolicy(6, Duration.ofSeconds(1), Duration.ofSeconds(60));

  private static final long LONGEST_DELAY_MS = 60_000;

  public RetryPolicy {
    if (tries < 1 || firstDelay.isNegative() || timeout.isNegative() || timeout.isZero()) {
      throw new ConfigurationException(
          "download: got " + tries + " tries, need at least one, with times above 0");
    }
  }

  /**
   * The pause before the next try, in milliseconds: exponential back-off, of which a random half is
   * left out so that many clients do not come back together.
   *
   * @param failures failures in a row so far, from 1
   * @param asked what the server asked for, in milliseconds; 0 for nothing
   */
  long delayMs(int failures, long asked) {
    double exponential = firstDelay.toMillis() * Math.pow(2, failures - 1.0);
    double capped = Math.min(LONGEST_DELAY_MS, exponential);
    // Not seeded: it changes no result, and equal pauses everywhere would defeat it.
    double jittered = capped * (0.5 + 0.5 * ThreadLocalRandom.current().nextDouble());
    return Math.min(LONGEST_DELAY_MS, Math.max(asked, (long) jittered));
  }
}
