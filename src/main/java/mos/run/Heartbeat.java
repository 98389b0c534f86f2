package mos.run;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import mos.base.MosException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something short again and again beside a long work, until it is closed. */
final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final ScheduledExecutorService beats =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "heartbeat");
            thread.setDaemon(true);
            return thread;
          });

  private Heartbeat() {}

  static Heartbeat every(int seconds, Runnable work) {
    Heartbeat heartbeat = new Heartbeat();
    heartbeat.beats.scheduleWithFixedDelay(
        () -> {
          try {
            work.run();
          } catch (MosException e) {
            // The work itself will say so, where it matters.
            LOG.debug("{}", e.getMessage());
          }
        },
        seconds,
        seconds,
        TimeUnit.SECONDS);
    return heartbeat;
  }

  /** Waits for a beat that goes on, so that nothing is written after what follows. */
  @Override
  public void close() {
    beats.shutdown();
    try {
      beats.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
