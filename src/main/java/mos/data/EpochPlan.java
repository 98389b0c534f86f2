package mos.data;

import java.util.Arrays;

/** The batches of one epoch, as sentence indices; immutable. */
public final class EpochPlan {
  private final int[] order;
  private final int[] starts;
  private final int[] batchOrder;

  /**
   * @param order sentences one batch after the other
   * @param starts where in {@code order} each batch starts, and at last where the last one ends
   * @param batchOrder the order in which the batches are used
   */
  EpochPlan(int[] order, int[] starts, int[] batchOrder) {
    this.order = order;
    this.starts = starts;
    this.batchOrder = batchOrder;
  }

  /** The number of batches. */
  public int batches() {
    return batchOrder.length;
  }

  /** The number of sentence pairs. */
  public int sentences() {
    return order.length;
  }

  /** The sentences of batch {@code k}, 0 ≤ k &lt; batches; the array is the caller's. */
  public int[] batch(int k) {
    int b = batchOrder[k];
    return Arrays.copyOfRange(order, starts[b], starts[b + 1]);
  }
}
