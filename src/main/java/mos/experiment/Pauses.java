package mos.experiment;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntConsumer;
import mos.base.MosException;
import mos.host.HostLoad;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for other programs to leave the machine alone: a few times, longer each time, and said. */
final class Pauses {
  private static final Logger LOG = LoggerFactory.getLogger(Pauses.class);
  private static final List<Integer> SECONDS = List.of(5, 15, 30);

  private final Deque<Integer> left = new ArrayDeque<>(SECONDS);
  private final IntConsumer sleep;

  /**
   * @param sleep waits so many seconds
   */
  Pauses(IntConsumer sleep) {
    this.sleep = sleep;
  }

  /**
   * Pauses that work which saves may interrupt.
   *
   * @param stop throws when the process was told to end; asked every second
   */
  static Pauses asking(Runnable stop) {
    return new Pauses(
        seconds -> {
          for (int i = 0; i < seconds; i++) {
            stop.run();
            sleepOneSecond();
          }
          stop.run();
        });
  }

  private static void sleepOneSecond() {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while waiting for a quiet machine", e);
    }
  }

  /**
   * Waits, if the machine was not left alone and there is a pause left.
   *
   * @param what missed its limit, for the message
   * @return whether to measure again
   */
  boolean before(String what, HostLoad state) {
    if (!state.disturbed() || left.isEmpty()) {
      return false;
    }
    int seconds = left.removeFirst();
    LOG.info("{}, but {}: measured again in {} s ({})", what, state.others(), seconds, leftText());
    sleep.accept(seconds);
    return true;
  }

  private String leftText() {
    return left.isEmpty() ? "the last time" : left.size() + " more at most";
  }
}
