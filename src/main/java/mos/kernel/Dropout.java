package mos.kernel;

import org.bytedeco.pytorch.Tensor;

/**
 * One place of dropout in one pass: the same mask is drawn again in the backward half.
 *
 * @param rate probability of zero, in [0, 1)
 * @param seed of the mask
 * @param base (1) int64 on the device, added to the seed when the mask is drawn, so that recorded
 *     work draws another one each time; null for 0
 */
public record Dropout(double rate, long seed, Tensor base) {
  /** Nothing is dropped. */
  public static final Dropout NONE = new Dropout(0, 0);

  /** A mask of its own. */
  public Dropout(double rate, long seed) {
    this(rate, seed, null);
  }

  /** With what the device adds; waits for it. */
  long wholeSeed() {
    return base == null ? seed : seed + base.item_long();
  }

  /** The same place for the {@code part}-th of several. */
  Dropout part(int part) {
    return new Dropout(rate, seed + part, base);
  }
}
