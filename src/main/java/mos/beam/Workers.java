package mos.beam;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Threads that share rows; the calling one works too. */
final class Workers implements AutoCloseable {
  /** Numbers below which sharing costs more than it saves. */
  private static final long FEW = 1 << 18;

  private final int threads;

  /** Null until it is needed. */
  private ExecutorService others;

  Workers(int threads) {
    this.threads = threads;
  }

  /**
   * Does something for every row.
   *
   * @param numbers that all rows have
   */
  void run(int rows, long numbers, IntConsumer work) {
    int helpers = numbers < FEW ? 0 : Math.min(threads, rows) - 1;
    if (helpers > 0 && others == null) {
      others =
          Executors.newFixedThreadPool(
              threads - 1,
              task -> {
                Thread thread = new Thread(task, "mos-beams");
                thread.setDaemon(true);
                return thread;
              });
    }
    AtomicInteger next = new AtomicInteger();
    Runnable share =
        () -> {
          for (int row = next.getAndIncrement(); row < rows; row = next.getAndIncrement()) {
            work.accept(row);
          }
        };
    List<Future<?>> shares = new ArrayList<>();
    for (int i = 0; i < helpers; i++) {
      shares.add(others.submit(share));
    }
    share.run();
    shares.forEach(Workers::await);
  }

  private static void await(Future<?> share) {
    boolean interrupted = false;
    while (true) {
      try {
        share.get();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (others != null) {
      others.shutdown();
    }
  }
}
