package mos.train;

import java.util.ArrayDeque;
import java.util.Deque;
import mos.data.BatchSource;

/**
 * Updates that were given to the device and whose outcome was not read yet, and how busy the device
 * was kept.
 */
final class Flight implements AutoCloseable {
  /**
   * One of them.
   *
   * @param update its number, from 1
   * @param rate learning rate
   */
  record Entry(PendingOutcome pending, long update, BatchSource.Update batch, double rate) {}

  /** One that has ended. */
  record Landed(Entry entry, Outcome outcome) {}

  private final Deque<Entry> entries = new ArrayDeque<>();
  private PendingOutcome before;
  private double idleMs;
  private double totalMs;

  void add(Entry entry) {
    entries.add(entry);
  }

  int size() {
    return entries.size();
  }

  /** The oldest one with its outcome, for which this waits; then it is no longer in flight. */
  Landed land() {
    Entry entry = entries.element();
    Outcome outcome = entry.pending.get();
    if (before != null) {
      idleMs += entry.pending.idleMs(before);
      totalMs += entry.pending.totalMs(before);
      before.close();
    }
    before = entry.pending;
    entries.remove();
    return new Landed(entry, outcome);
  }

  /** Something else than updates comes next: the device's waiting for them ends here. */
  void interrupt() {
    if (before != null) {
      before.close();
      before = null;
    }
  }

  /**
   * The share of time since the last call in which the device waited for the next update, in [0,
   * 1].
   */
  double takeIdleShare() {
    double share = totalMs == 0 ? 0 : idleMs / totalMs;
    idleMs = 0;
    totalMs = 0;
    return share;
  }

  @Override
  public void close() {
    interrupt();
    entries.forEach(entry -> entry.pending.close());
  }
}
