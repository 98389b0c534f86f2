package mos.results;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The file {@code budget.json} of a run with {@code --hours}: the sizes that its stages were given
 * when their turn came. They stay, so that a run that goes on has the same ones.
 *
 * @param hours as asked for last
 * @param measuring seconds that went into measuring speeds
 * @param planned seconds of each stage that has sizes, when it began
 * @param sizes by setting
 */
public record RunBudget(
    double hours, double measuring, Map<String, Double> planned, Map<String, String> sizes) {
  /** Name of the file. */
  public static final String FILE_NAME = "budget.json";

  /** Nothing is decided yet. */
  public static final RunBudget NONE = new RunBudget(0, 0, Map.of(), Map.of());

  public RunBudget {
    planned = planned == null ? Map.of() : planned;
    sizes = sizes == null ? Map.of() : sizes;
  }

  /** The same with the sizes of one more stage. */
  public RunBudget with(
      double hoursNow, double measured, String stage, double seconds, Map<String, String> more) {
    Map<String, Double> allPlanned = new LinkedHashMap<>(planned);
    allPlanned.put(stage, seconds);
    Map<String, String> all = new LinkedHashMap<>(sizes);
    all.putAll(more);
    return new RunBudget(hoursNow, measuring + measured, allPlanned, all);
  }
}
