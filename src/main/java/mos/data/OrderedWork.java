package mos.data;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import mos.base.MosException;

/** Work on pieces by several threads, with the results in the order of the pieces. */
final class OrderedWork {
  private static final int PIECES_AHEAD_PER_THREAD = 4;

  private OrderedWork() {}

  /** Gives the pieces, then null. */
  @FunctionalInterface
  interface Pieces<T> {
    T next();
  }

  /** Takes the results. */
  @FunctionalInterface
  interface Results<R> {
    void take(R result) throws IOException;
  }

  /**
   * Reads pieces and takes results on the calling thread, works on {@code threads} others; only a
   * few pieces are in memory at a time. When it returns or throws, the threads are gone.
   */
  static <T, R> void run(int threads, Pieces<T> pieces, Function<T, R> work, Results<R> results)
      throws IOException {
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      Deque<Future<R>> ahead = new ArrayDeque<>();
      for (T piece = pieces.next(); piece != null; piece = pieces.next()) {
        T now = piece;
        ahead.add(workers.submit(() -> work.apply(now)));
        if (ahead.size() == threads * PIECES_AHEAD_PER_THREAD) {
          results.take(get(ahead.remove()));
        }
      }
      while (!ahead.isEmpty()) {
        results.take(get(ahead.remove()));
      }
    } finally {
      end(workers);
    }
  }

  private static <R> R get(Future<R> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException known) {
        throw known;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new MosException("a worker failed: " + e.getCause(), e);
    }
  }

  private static void end(ExecutorService workers) {
    workers.shutdownNow();
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = workers.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
