package mos.distributed;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/**
 * Sums that a GPU was given and that the host has not seen to end. One that another rank never
 * joins does not end, nor does what is queued behind it, and once the queue is full the host waits,
 * too, wherever it is. So a thread of its own looks at the clock; it asks the device nothing, for
 * questions wait behind the host's.
 */
final class UnfinishedSums implements AutoCloseable {
  private static final int LOOKS = 20;
  private static final long MOST_MS = 250;

  private record Sum(long number, long since) {}

  private final Queue<Sum> sums = new ArrayDeque<>();
  private final long nanos;
  private final Thread thread;
  private long given;
  private boolean closed;

  /**
   * @param timeoutMs from when a sum is given to the device
   * @param overdue run once, in another thread, when one has not ended by then
   */
  UnfinishedSums(long timeoutMs, Runnable overdue) {
    this.nanos = TimeUnit.MILLISECONDS.toNanos(timeoutMs);
    long pause = Math.max(1, Math.min(MOST_MS, timeoutMs / LOOKS));
    this.thread = new Thread(() -> watch(pause, overdue), "unfinished-sums");
    thread.setDaemon(true);
    thread.start();
  }

  /** One more, which ends after those before. */
  synchronized void give() {
    sums.add(new Sum(++given, System.nanoTime()));
  }

  /** How many were given so far. */
  synchronized long given() {
    return given;
  }

  /** The first {@code number} have ended. */
  synchronized void ended(long number) {
    while (!sums.isEmpty() && sums.element().number() <= number) {
      sums.remove();
    }
  }

  private void watch(long pause, Runnable overdue) {
    while (!late()) {
      try {
        TimeUnit.MILLISECONDS.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
    overdue.run();
  }

  private synchronized boolean late() {
    return !closed && !sums.isEmpty() && System.nanoTime() - sums.element().since() > nanos;
  }

  /** Nothing is watched any more. */
  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
  }
}
