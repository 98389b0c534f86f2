package mos.experiment;

import java.util.EnumMap;
import java.util.Map;
import mos.base.Limit;
import mos.results.Quantity;

/**
 * What a SubTransformer may take at most.
 *
 * @param byQuantity the limit of each quantity that is constrained, at least one
 * @param marginPercent how far below a limit of the latency a search aims, 0..50
 */
public record Limits(Map<Quantity, Limit> byQuantity, double marginPercent) {
  /** How far below a limit of the latency a search aims where nothing is said, in percent. */
  public static final double USUAL_MARGIN = 5;

  public Limits {
    if (byQuantity.isEmpty()) {
      throw new IllegalArgumentException("limits: got none, need at least one");
    }
    // In the order of the quantities: what is counted screens what is timed.
    byQuantity = new EnumMap<>(byQuantity);
  }

  /** A limit of one quantity. */
  public static Limits of(Quantity quantity, Limit limit) {
    return new Limits(Map.of(quantity, limit), USUAL_MARGIN);
  }

  /** Whether latency is constrained. */
  public boolean timed() {
    return byQuantity.containsKey(Quantity.LATENCY);
  }

  /** Whether latency is constrained to a share of the largest's. */
  public boolean timedAgainstLargest() {
    return timed() && byQuantity.get(Quantity.LATENCY).relative();
  }

  /** What a search that is to meet {@code limit} of the latency aims at. */
  double aimed(double limit) {
    return limit * (1 - marginPercent / 100);
  }
}
