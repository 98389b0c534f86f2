package mos.run;

import java.nio.file.Path;
import java.util.List;
import mos.base.ConfigurationException;
import mos.base.FolderLock;
import mos.config.Settings;
import mos.results.RunSummary;
import mos.results.TakenFigures;

/**
 * Measures what a run found, and what was taken of it, again and mends the run's record: nothing
 * else is redone.
 */
public final class Remeasure {
  private Remeasure() {}

  /**
   * Measures the SubTransformers of a finished run, and rewrites the records of their stages, the
   * summaries and the report.
   *
   * @param out the run's output folder
   * @param runner the command that measured, where one did: it is run only if it is given again
   * @return the summary
   * @throws ConfigurationException for a folder without a finished run
   */
  public static RunSummary run(Path out, String runner) {
    Settings settings = FinishedRun.settings(out, runner);
    try (FolderLock lock = FolderLock.of(out)) {
      FinishedRun run = FinishedRun.read(out, settings);
      measure(run.stages(), run.records(), run.results());
      for (TakenFigures taken : Taken.all(out)) {
        Taken.of(run, taken).measureAgain();
      }
      return run.write();
    }
  }

  /** Goes through the measuring of a run once more. */
  static void measure(List<Stage> stages, StageRecords records, StageResults results) {
    for (Stage stage : stages) {
      if (stage.is(StageResults.Key.MEASURE)) {
        results.put(stage.name(), FinishedRun.again(stage, records));
      }
    }
  }

  /** For a terminal. */
  public static String describe(RunSummary summary) {
    return SummaryText.of(summary);
  }
}
