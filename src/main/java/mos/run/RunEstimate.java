package mos.run;

import java.util.List;
import java.util.OptionalDouble;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.SearchSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Settings;
import mos.console.Durations;
import mos.console.Progress;
import mos.run.StageResults.Key;

/**
 * How long a run still takes, for its progress: from the speed of the stages that are done, or of
 * the one that goes on, and the work of those to come.
 *
 * @param later seconds of the stages to come that are known
 * @param times the same as a multiple of the whole stage that goes on
 * @param complete whether all the long ones are known
 */
record RunEstimate(double later, double times, boolean complete) implements Progress.Whole {
  /** Largest, smallest and a random one. */
  private static final int SANDWICH = 3;

  @Override
  public String left(double left, double total) {
    double more = later + times * total;
    if (more <= 0) {
      return "";
    }
    // Whoever reads "about" forgives a rounding, not a wrong digit.
    return "run "
        + (complete ? "about " : "over ")
        + Durations.ofSeconds(round(left + more))
        + " left";
  }

  private static double round(double seconds) {
    double step = seconds < 600 ? 10 : seconds < 7200 ? 60 : 600;
    return Math.ceil(seconds / step) * step;
  }

  /** Of a run whose end is known. */
  static Progress.Whole until(double secondsLeft) {
    long begin = System.nanoTime();
    return (left, total) -> {
      double now = secondsLeft - (System.nanoTime() - begin) / 1e9;
      return now <= left ? "" : "run about " + Durations.ofSeconds(round(now)) + " left";
    };
  }

  /**
   * Of a run as long as its sizes make it.
   *
   * @param stage that goes on now
   * @param results of those before
   */
  static RunEstimate of(Stage stage, List<Stage> stages, StageResults results) {
    double later = 0;
    double times = 0;
    boolean complete = true;
    for (Stage next : stages.subList(stages.indexOf(stage) + 1, stages.size())) {
      OptionalDouble known = seconds(next, stages, results);
      later += known.orElse(0);
      if (known.isEmpty() && next.is(Key.TRAIN) && stage.is(Key.SUPERNET)) {
        times = trainedLater(stage, next);
      } else {
        complete &= known.isPresent() || !TimeShares.sized(next.name());
      }
    }
    return new RunEstimate(later, times, complete);
  }

  private static OptionalDouble seconds(Stage next, List<Stage> stages, StageResults results) {
    if (next.name().startsWith("final_")) {
      // The same sentences with other weights.
      return results.seconds(next.name().replace("final_", "inherited_"));
    }
    OptionalDouble before =
        next.is(Key.TRAIN)
            ? results.seconds(Key.SUPERNET.name())
            : next.is(Key.SEARCH)
                ? results.seconds(Key.LATENCY_DATASET.name())
                : OptionalDouble.empty();
    if (before.isEmpty()) {
      return before;
    }
    double factor =
        next.is(Key.TRAIN)
            ? trainedLater(
                stages.stream().filter(s -> s.is(Key.SUPERNET)).findFirst().orElseThrow(), next)
            : candidates(next) / (double) results.of(Key.LATENCY_DATASET).rows();
    return OptionalDouble.of(before.getAsDouble() * factor);
  }

  /** How long the found one is trained beside the SuperTransformer. */
  private static double trainedLater(Stage supernet, Stage train) {
    Settings before = supernet.allSettings();
    boolean sandwich = before.get(TrainingSettings.SANDWICH_RULE);
    int updates = train.planned().get(TrainingSettings.SUB_MAX_UPDATE);
    return updates / (double) before.get(TrainingSettings.MAX_UPDATE) / (sandwich ? SANDWICH : 1);
  }

  /** Candidates of a search, each measured like a row of the latency data. */
  private static int candidates(Stage search) {
    Settings settings = search.planned();
    int all =
        settings.get(EvolutionSettings.EVO_ITER) * settings.get(EvolutionSettings.POPULATION_SIZE);
    return settings.get(SearchSettings.BASELINES).equals("all") ? 2 * all : all;
  }
}
