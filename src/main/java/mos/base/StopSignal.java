package mos.base;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM and Ctrl-C as a question that long work asks between two steps, so that it can save
 * first.
 */
public final class StopSignal {
  private static final int SECONDS_TO_SAVE = 25;
  private static final CountDownLatch FINISHED = new CountDownLatch(1);
  private static volatile boolean requested;

  private StopSignal() {}

  /** Makes the process wait, when it is told to end, until {@link #finished} or 25 s passed. */
  public static void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(StopSignal::await, "stop"));
  }

  private static void await() {
    requested = true;
    try {
      FINISHED.await(SECONDS_TO_SAVE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process was told to end. */
  public static boolean requested() {
    return requested;
  }

  /** Says that everything is saved. */
  public static void finished() {
    FINISHED.countDown();
  }
}
