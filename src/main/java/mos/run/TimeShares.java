package mos.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the time of a run is divided. What a stage leaves over goes to those after it, so that the
 * last training, which comes when nearly all else is measured, makes the sum right.
 */
final class TimeShares {
  /** Of the whole; what is not named here is short and belongs to the rest. */
  private static final Map<String, Double> WEIGHTS =
      Map.of("supernet", 0.50, "latency_dataset", 0.05, "evo_search", 0.10, "train", 0.28);

  private static final double REST = 0.07;

  private TimeShares() {}

  /** Whether the stage's size follows from its time. */
  static boolean sized(String stage) {
    return WEIGHTS.containsKey(stage);
  }

  /**
   * Seconds for each stage that has a size of its own and is still to come, in their order.
   *
   * @param left seconds of the run
   * @param rest seconds that the others to come take together, where it is known; else not a number
   * @param coming stages to come
   */
  static Map<String, Double> of(double left, double rest, List<String> coming) {
    boolean known = !Double.isNaN(rest);
    double sum = known ? 0 : REST;
    for (String stage : coming) {
      sum += WEIGHTS.getOrDefault(stage, 0.0);
    }
    double free = Math.max(0, known ? left - rest : left);
    Map<String, Double> shares = new LinkedHashMap<>();
    for (String stage : coming) {
      if (sized(stage)) {
        shares.put(stage, free * WEIGHTS.get(stage) / sum);
      }
    }
    return shares;
  }
}
