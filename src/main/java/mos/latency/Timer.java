package mos.latency;

/** A clock that knows when work is finished: the monotonic clock on CPUs, events on GPUs. */
@FunctionalInterface
public interface Timer {
  /** The monotonic clock, for work that is finished when {@code run} returns. */
  Timer MONOTONIC =
      work -> {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) * 1e-6;
      };

  /** Runs {@code work} once, to its end on the device, and returns how long it took, in ms. */
  double timeMs(Runnable work);
}
