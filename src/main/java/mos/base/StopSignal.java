package mos.base;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * SIGTERM and Ctrl-C as a question that long work asks between two steps, so that it can save
 * first. Only work that declared {@link #saving} holds the process up; any other ends at once.
 */
public final class StopSignal {
  private static final int SECONDS_TO_SAVE = 25;
  private static final CountDownLatch FINISHED = new CountDownLatch(1);
  private static final AtomicInteger SAVING = new AtomicInteger();
  private static volatile boolean requested;

  private StopSignal() {}

  /** Work that asks {@link #requested} often and has something to save or to say before it ends. */
  public interface Saving extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Makes the process, when it is told to end while something is {@link #saving}, wait until {@link
   * #finished} or 25 s passed.
   */
  public static void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(StopSignal::await, "stop"));
  }

  private static void await() {
    requested = true;
    if (SAVING.get() == 0) {
      return;
    }
    try {
      FINISHED.await(SECONDS_TO_SAVE, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Declares, until it is closed, work that asks {@link #requested}. */
  public static Saving saving() {
    SAVING.incrementAndGet();
    return SAVING::decrementAndGet;
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
