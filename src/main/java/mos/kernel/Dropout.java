package mos.kernel;

/**
 * One place of dropout in one pass: the same mask is drawn again in the backward half.
 *
 * @param rate probability of zero, in [0, 1)
 * @param seed of the mask
 */
public record Dropout(double rate, long seed) {
  /** Nothing is dropped. */
  public static final Dropout NONE = new Dropout(0, 0);
}
