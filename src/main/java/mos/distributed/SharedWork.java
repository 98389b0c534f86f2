package mos.distributed;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import mos.base.MosException;
import mos.base.StopSignal;

/**
 * Work of rank 0 that other processes help with. Rank 0 gives out items in rounds, each of which is
 * taken by whoever is free; between rounds the others wait and leave the machine quiet. What an
 * item gives must not depend on who computes it.
 */
public final class SharedWork implements AutoCloseable {
  private static final SharedWork ALONE = new SharedWork(0, 1, 1, null, 0);
  private static final int FIRST_WAIT_MS = 2;
  private static final int LONGEST_WAIT_MS = 200;

  /** For those that live, when one is lost. */
  private static final int SECONDS_TO_HEAR = 2;

  private static final String END = "end";
  private static final String LOST = "lost";

  /** Is told what became of an item. */
  @FunctionalInterface
  public interface Finished {
    void result(int item, String result);
  }

  private final int rank;
  private final int size;
  private final int localSize;
  private final RankStore store;
  private final int timeoutSeconds;
  private final long[] beats;
  private final long[] beatNanos;
  private int round;
  private boolean ended;

  private SharedWork(int rank, int size, int localSize, RankStore store, int timeoutSeconds) {
    this.rank = rank;
    this.size = size;
    this.localSize = localSize;
    this.store = store;
    this.timeoutSeconds = timeoutSeconds;
    this.beats = new long[size];
    this.beatNanos = new long[size];
  }

  /** This process does all the work. */
  public static SharedWork alone() {
    return ALONE;
  }

  /**
   * Meets the others.
   *
   * @param timeoutSeconds without a sign of life after which another rank counts as lost, from 1
   * @throws MosException when they do not come in time
   */
  public static SharedWork connect(Launch launch, int timeoutSeconds) {
    RankStore store = new RankStore(launch, timeoutSeconds);
    store.beat(alive(launch.rank()), Math.max(1, timeoutSeconds / 4));
    return new SharedWork(launch.rank(), launch.size(), launch.localSize(), store, timeoutSeconds);
  }

  private static String alive(int rank) {
    return "alive/" + rank;
  }

  /** Whether this is rank 0. */
  public boolean leads() {
    return rank == 0;
  }

  /** The number of processes. */
  public int size() {
    return size;
  }

  /** The number of processes on this host, which share its processor in a round. */
  public int localSize() {
    return localSize;
  }

  /**
   * Makes sure that all ranks mean the same; called by all.
   *
   * @throws MosException on every rank but 0 where it differs from rank 0's
   */
  public void same(String what, String value) {
    if (store == null) {
      return;
    }
    String key = "same/" + what;
    if (leads()) {
      store.set(key, value);
      return;
    }
    String first = await(key);
    if (!first.equals(value)) {
      throw new MosException(
          store.where()
              + ": "
              + what
              + ": got "
              + value
              + ", rank 0 has "
              + first
              + "; all hosts need the same files and settings");
    }
  }

  /**
   * Rank 0: makes {@code work} of each item.
   *
   * @param work the same that the others {@link #serve} with
   * @param finished is told each result, in order, as soon as it is known
   * @throws MosException when a rank fails or is lost
   */
  public void compute(List<String> items, UnaryOperator<String> work, Finished finished) {
    if (store == null) {
      for (int i = 0; i < items.size(); i++) {
        finished.result(i, work.apply(items.get(i)));
      }
      return;
    }
    round++;
    for (int i = 0; i < items.size(); i++) {
      store.set(item(round, i), items.get(i));
    }
    store.set(round(round), Integer.toString(items.size()));
    int known = 0;
    while (takeOne(items.size(), work)) {
      for (String r = "+"; r != null && known < items.size(); ) {
        r = store.get(result(round, known));
        if (r != null) {
          finished.result(known++, checked(r));
        }
      }
    }
    for (; known < items.size(); known++) {
      finished.result(known, checked(await(result(round, known))));
    }
  }

  private static String checked(String result) {
    if (!result.startsWith("+")) {
      throw new MosException("another process failed: " + result.substring(1));
    }
    return result.substring(1);
  }

  /**
   * The other ranks: computes what rank 0 gives out until it ends.
   *
   * @return what rank 0 ended with
   * @throws MosException when rank 0 fails or is lost
   */
  public String serve(UnaryOperator<String> work) {
    while (true) {
      String message = await(round(++round));
      if (message.startsWith(LOST)) {
        ended = true;
        store.leave(timeoutSeconds);
        throw new LostProcess(store.where() + ": " + message.substring(LOST.length() + 1));
      }
      if (message.startsWith(END)) {
        ended = true;
        store.leave(timeoutSeconds);
        if (message.equals(END)) {
          throw new MosException(store.where() + ": rank 0 failed; see its messages");
        }
        return message.substring(END.length() + 1);
      }
      int items = Integer.parseInt(message);
      while (takeOne(items, work)) {}
    }
  }

  /** Rank 0: ends the work of the others, which return {@code result}. */
  public void end(String result) {
    if (store != null) {
      tellEnd(END + " " + result, timeoutSeconds);
    }
  }

  private void tellEnd(String message, int seconds) {
    ended = true;
    store.set(round(++round), message);
    store.leave(seconds);
  }

  /** False when none is left. */
  private boolean takeOne(int items, UnaryOperator<String> work) {
    int i = (int) store.add("taken/" + round, 1) - 1;
    if (i >= items) {
      return false;
    }
    String item = store.get(item(round, i));
    String result;
    try {
      result = work.apply(item);
    } catch (RuntimeException e) {
      if (!leads()) {
        store.set(result(round, i), "-" + store.where() + ": " + e.getMessage());
      }
      throw e;
    }
    store.set(result(round, i), "+" + result);
    return true;
  }

  private static String round(int round) {
    return "round/" + round;
  }

  private static String item(int round, int item) {
    return "item/" + round + "/" + item;
  }

  private static String result(int round, int item) {
    return "result/" + round + "/" + item;
  }

  private String await(String key) {
    for (int ms = FIRST_WAIT_MS; ; ms = Math.min(LONGEST_WAIT_MS, 2 * ms)) {
      String value = store.get(key);
      if (value != null) {
        return value;
      }
      if (StopSignal.requested()) {
        throw new MosException("stopped; what was finished is kept, the same command continues");
      }
      if (leads()) {
        requireAlive();
      }
      RankStore.sleep(ms);
    }
  }

  /** The store is rank 0's, so the others need no sign of it but the store's answers. */
  private void requireAlive() {
    long now = System.nanoTime();
    for (int other = 1; other < size; other++) {
      long beat = store.add(alive(other), 0);
      if (beat != beats[other] || beatNanos[other] == 0) {
        beats[other] = beat;
        beatNanos[other] = now;
      } else if (now - beatNanos[other] > TimeUnit.SECONDS.toNanos(timeoutSeconds)) {
        LostProcess lost =
            new LostProcess(
                "rank "
                    + other
                    + " of "
                    + size
                    + " ended or cannot be reached: no sign of life for "
                    + timeoutSeconds
                    + " s. What was finished is kept: start all again to continue.");
        tellEnd(LOST + " " + lost.getMessage(), SECONDS_TO_HEAR);
        throw lost;
      }
    }
  }

  /** Rank 0 that closes without {@link #end} has failed; the others hear of it. */
  @Override
  public void close() {
    if (store == null) {
      return;
    }
    try (store) {
      if (leads() && !ended) {
        tellEnd(END, SECONDS_TO_HEAR);
      }
    } catch (MosException e) {
      // The failure that led here is the one to report.
    }
  }
}
