package mos.data;

import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.IntStream;
import mos.base.MosException;

/**
 * Prepares the batches of updates ahead, on a thread of its own.
 *
 * <p>{@link #next} is for one thread; {@link #close} waits for the update in preparation, no
 * longer.
 */
public final class BatchSource implements AutoCloseable {
  private static final int UPDATES_AHEAD = 4;

  private final UpdateIterator updates;
  private final Work work;
  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(UPDATES_AHEAD);
  private final Thread thread;
  private volatile boolean closed;
  private Throwable failure;

  /**
   * One update's work.
   *
   * @param passes what is to be computed, in order
   * @param targetTokens the number of target tokens of all passes
   * @param next the position after this update, from which training resumes
   * @param endOfEpoch whether it is the last update of its epoch
   */
  public record Update(
      List<Batch> passes, long targetTokens, UpdateIterator.Position next, boolean endOfEpoch) {
    public Update {
      passes = List.copyOf(passes);
    }
  }

  /** Makes the passes of one update out of its micro-batches of sentence indices. */
  @FunctionalInterface
  public interface Preparation {
    List<Batch> prepare(UpdateIterator.MicroBatches microBatches);
  }

  /** What is to be computed of one update in this process, and its target tokens in all. */
  private record Made(List<Batch> passes, long targetTokens) {}

  private interface Work {
    Made of(UpdateIterator.MicroBatches microBatches, long epoch);
  }

  private record Item(Update update, Throwable failure) {}

  /**
   * Starts the thread. {@code updates} belongs to this source from now on.
   *
   * @param preparation runs on that thread
   */
  public BatchSource(UpdateIterator updates, Preparation preparation) {
    this(updates, (microBatches, epoch) -> counted(preparation.prepare(microBatches)));
  }

  private static Made counted(List<Batch> passes) {
    return new Made(passes, passes.stream().mapToLong(Batch::targetTokens).sum());
  }

  private BatchSource(UpdateIterator updates, Work work) {
    this.updates = updates;
    this.work = work;
    thread = new Thread(this::run, "batches");
    thread.setDaemon(true);
    thread.start();
  }

  /** Batches as the micro-batches are. */
  public static BatchSource of(UpdateIterator updates) {
    return new BatchSource(
        updates, micro -> micro.batches().stream().map(b -> Batch.of(micro.corpus(), b)).toList());
  }

  /** Batches re-packed into passes of at most {@code maxTokensPerPass} tokens. */
  public static BatchSource ofPasses(UpdateIterator updates, Passes passes, int maxTokensPerPass) {
    return ofShare(updates, passes, maxTokensPerPass, 0, 1);
  }

  /**
   * The share of one of several processes: every {@code size}-th micro-batch of each update, none
   * of an update that has fewer. Tokens are still counted over all of them.
   *
   * @param rank from 0, below {@code size}
   */
  public static BatchSource ofShare(
      UpdateIterator updates, Passes passes, int maxTokensPerPass, int rank, int size) {
    return new BatchSource(
        updates,
        (update, epoch) -> {
          List<int[]> microBatches = update.batches();
          ParallelCorpus drawn = update.corpus().drawn(epoch, microBatches);
          List<int[]> share =
              IntStream.range(0, microBatches.size())
                  .filter(k -> k % size == rank)
                  .mapToObj(microBatches::get)
                  .toList();
          List<Batch> parts =
              passes.merge(share, drawn, maxTokensPerPass).stream()
                  .map(b -> Batch.of(drawn, b))
                  .toList();
          return new Made(
              parts,
              microBatches.stream()
                  .flatMapToInt(IntStream::of)
                  .mapToLong(i -> drawn.target().length(i))
                  .sum());
        });
  }

  private void run() {
    try {
      while (!closed) {
        UpdateIterator.MicroBatches microBatches = updates.next();
        // The iterator stands behind the update already, in the same epoch.
        Made made = work.of(microBatches, updates.position().epoch());
        put(
            new Item(
                new Update(
                    made.passes, made.targetTokens, updates.position(), updates.atEndOfEpoch()),
                null));
      }
    } catch (Throwable e) {
      // Errors too: whoever waits for a batch must hear of it.
      if (!closed) {
        put(new Item(null, e));
      }
    }
  }

  /** Waits for room; nobody interrupts this thread. */
  private void put(Item item) {
    try {
      queue.put(item);
    } catch (InterruptedException e) {
      throw new MosException("the thread that prepares batches was interrupted", e);
    }
  }

  /**
   * The next update; waits for it.
   *
   * @throws MosException when preparing it failed, again on every further call
   */
  public Update next() {
    if (closed) {
      throw new IllegalStateException("the batch source is closed");
    }
    if (failure == null) {
      try {
        Item item = queue.take();
        if (item.update != null) {
          return item.update;
        }
        failure = item.failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new MosException("interrupted while waiting for a batch", e);
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof MosException known) {
      throw known;
    }
    throw new MosException("preparing a batch failed: " + failure, failure);
  }

  @Override
  public void close() {
    closed = true;
    // Makes room for the one update that the thread may be waiting to hand over. An interrupt
    // would close the files that it reads.
    queue.clear();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
