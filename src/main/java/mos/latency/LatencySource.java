package mos.latency;

import java.util.function.Supplier;
import mos.host.Hardware;
import mos.host.HostLoad;
import mos.space.SubTransformer;

/**
 * What tells the latency of SubTransformers of one model: this program's runtime, a command, or
 * another that a {@link LatencySourceProvider} adds. Used by one thread at a time.
 */
public interface LatencySource {
  /**
   * One gold measurement.
   *
   * @return milliseconds of one sentence; spreads are 0 where the source does not tell them
   * @throws mos.base.MosException when it cannot be measured
   */
  Latency measure(SubTransformer architecture);

  /**
   * One measurement of both; of sources that {@link #alternates} run by run, in alternation.
   *
   * @param reference what {@code architecture} is compared with; may be the same
   */
  default PairedLatency compare(SubTransformer architecture, SubTransformer reference) {
    Latency latency = measure(architecture);
    return new PairedLatency(
        latency, architecture.equals(reference) ? latency : measure(reference));
  }

  /** What is measured on: latencies of different hardware are never mixed. */
  Hardware hardware();

  /**
   * Whether {@link #compare} tells more than two measurements; where it does not, what the
   * reference takes may be asked once.
   */
  default boolean alternates() {
    return false;
  }

  /** Whether what other programs of this machine compute makes times longer. */
  default boolean disturbable() {
    return false;
  }

  /**
   * Begins to watch this machine where what others compute matters.
   *
   * @return to be asked for the load since then
   */
  default Supplier<HostLoad> watch() {
    return disturbable() ? HostLoad.watch()::stop : () -> HostLoad.UNKNOWN;
  }
}
