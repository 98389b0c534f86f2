package mos.packed;

/**
 * What a pass does with token experts beyond computing them.
 *
 * @param capacityFactor an expert takes at most this times tokens / experts, the first ones; 0: any
 *     number
 * @param balanceWeight factor of the load-balancing loss of each layer, whose gradient is added
 */
public record SwitchTraining(double capacityFactor, double balanceWeight) {
  /** As in evaluation. */
  public static final SwitchTraining NONE = new SwitchTraining(0, 0);
}
