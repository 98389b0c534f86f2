package mos.latency;

import java.util.function.Supplier;
import mos.host.HostLoad;

/**
 * Measures again what other programs disturbed: they only ever make times longer, so the fastest of
 * the measurements counts.
 *
 * @param retries further measurements at most; 0 takes whatever comes
 */
public record UndisturbedMeter(int retries) {

  /**
   * What counts.
   *
   * @param disturbed whether the machine was not left alone even in the last measurement
   */
  public record Reading(Latency latency, boolean disturbed) {}

  /**
   * Measures once, and again while the machine was not left alone.
   *
   * @param measure one measurement
   * @param watch begins to watch the machine; what it returns tells the state since then
   */
  public Reading measure(Supplier<Latency> measure, Supplier<Supplier<HostLoad>> watch) {
    Latency fastest = null;
    for (int i = 0; i <= retries; i++) {
      Supplier<HostLoad> watched = watch.get();
      Latency latency = measure.get();
      if (fastest == null || latency.ms() < fastest.ms()) {
        fastest = latency;
      }
      if (!watched.get().disturbed()) {
        return new Reading(fastest, false);
      }
    }
    return new Reading(fastest, true);
  }
}
