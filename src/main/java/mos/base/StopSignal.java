package mos.base;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * SIGTERM and Ctrl-C as a question that long work asks between two steps, so that it can save
 * first. Only work that declared {@link #saving} holds the process up; any other ends at once.
 */
public final class StopSignal {
  private static final int SECONDS_TO_SAVE = 25;
  private static final CountDownLatch FINISHED = new CountDownLatch(1);
  private static final AtomicInteger SAVING = new AtomicInteger();
  private static final AtomicInteger WRITING = new AtomicInteger();
  private static volatile boolean requested;

  /** What is said where nothing more is known: all files that are in place are whole. */
  private static final String ANYWHERE = "before the end; no file is left half written";

  private static volatile String place = ANYWHERE;

  private StopSignal() {}

  /** Work that asks {@link #requested} often and has something to save or to say before it ends. */
  public interface Saving extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Makes the process, when it is told to end while something is {@link #saving}, wait until {@link
   * #finished} or 25 s passed, and longer while something is {@link #writing}. When nothing is, it
   * ends at once.
   *
   * @param last is then told {@link #at where} it was
   */
  public static void install(Consumer<String> last) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> await(last), "stop"));
  }

  private static void await(Consumer<String> last) {
    requested = true;
    String now = place;
    if (SAVING.get() == 0) {
      if (FINISHED.getCount() > 0) {
        last.accept(now);
      }
      return;
    }
    try {
      while (!FINISHED.await(SECONDS_TO_SAVE, TimeUnit.SECONDS) && WRITING.get() > 0) {
        // A large file on a slow disk: what is half written would be lost.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Declares, until it is closed, work that asks {@link #requested}. */
  public static Saving saving() {
    SAVING.incrementAndGet();
    return SAVING::decrementAndGet;
  }

  /** Declares, until it is closed, that a file is written which must not be cut short. */
  public static Saving writing() {
    WRITING.incrementAndGet();
    return WRITING::decrementAndGet;
  }

  /**
   * Says, until it is closed, what to tell the user when the process is told to end meanwhile: what
   * was done, what is kept, how to go on. The outermost says it: a stage of a run is the run.
   */
  public static Saving at(String where) {
    String outer = place;
    if (outer.equals(ANYWHERE)) {
      place = where;
    }
    return () -> place = outer;
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
