package mos.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.base.FolderLock;
import mos.base.MosException;
import mos.command.settings.AllSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.RunnerSettings;
import mos.config.Settings;
import mos.report.ReportPage;
import mos.results.ResultJson;
import mos.results.RunSummary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Measures what a run found again and mends the run's record: nothing else is redone. */
public final class Remeasure {
  private static final Logger LOG = LoggerFactory.getLogger(Remeasure.class);

  private Remeasure() {}

  /**
   * Measures the found SubTransformer of a finished run, and rewrites the stage's record, the
   * summary and the report.
   *
   * @param out the run's output folder
   * @param runner the command that measured, where one did: it is run only if it is given again
   * @return the summary
   * @throws ConfigurationException for a folder without a finished run
   */
  public static RunSummary run(Path out, String runner) {
    Path summary = out.resolve(RunSummary.FILE_NAME);
    if (!Files.isRegularFile(summary)) {
      throw new ConfigurationException(
          out + ": no finished run: there is no " + RunSummary.FILE_NAME + " in it");
    }
    Map<String, String> options = new LinkedHashMap<>();
    options.put(RunSettings.FROM.key(), summary.toString());
    options.put(RunSettings.OUTPUT_DIR.key(), out.toString());
    if (runner != null) {
      options.put(RunnerSettings.RUNNER.key(), runner);
    }
    Settings settings = Reproduction.again(AllSettings.load(List.of(), options));
    List<Stage> stages = Plan.of(settings);
    try (FolderLock lock = FolderLock.of(out)) {
      StageRecords records = new StageRecords(out);
      StageResults results = new StageResults();
      for (Stage stage : stages) {
        StageResults.Finished finished = records.recorded(stage);
        if (finished == null && stage.compares()) {
          continue;
        }
        if (finished == null) {
          throw new MosException(
              out + ": the stage " + stage.name() + " is not finished; `mos run` continues it");
        }
        results.put(stage.name(), finished);
      }
      measure(stages, records, results);
      RunSummary mended = new Summary(settings, stages, results).write(out);
      ReportPage.write(out);
      return mended;
    }
  }

  /** Goes through the measuring once more, and notes what it gave. */
  static void measure(List<Stage> stages, StageRecords records, StageResults results) {
    for (Stage stage : stages) {
      if (stage.is(StageResults.Key.MEASURE)) {
        JsonNode figures = ResultJson.tree(stage.command().run(stage.settings()));
        LOG.info("{}", stage.describe(figures));
        results.put(stage.name(), records.amend(stage, figures));
      }
    }
  }

  /** For a terminal. */
  public static String describe(RunSummary summary) {
    return SummaryText.of(summary);
  }
}
