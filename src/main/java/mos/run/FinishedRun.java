package mos.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
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

/**
 * A run that has ended, as its folder tells, for what is done with it afterwards. Whoever changes
 * something in it holds its lock.
 *
 * @param settings of the run
 * @param results of its stages
 */
record FinishedRun(
    Path out, Settings settings, List<Stage> stages, StageRecords records, StageResults results) {
  private static final Logger LOG = LoggerFactory.getLogger(FinishedRun.class);

  /**
   * The settings that a run was made with.
   *
   * @param runner the command that measured, where one did: it is run only if it is given again
   * @throws ConfigurationException for a folder without a finished run
   */
  static Settings settings(Path out, String runner) {
    Path summary = out.resolve(RunSummary.FILE_NAME);
    if (!Files.isRegularFile(summary)) {
      throw new ConfigurationException(
          out
              + ": no finished run: there is no "
              + RunSummary.FILE_NAME
              + " in it"
              + (Files.isDirectory(out.resolve(StageRecords.FOLDER))
                  ? "; `mos run` with the same options continues it"
                  : ""));
    }
    Map<String, String> options = new LinkedHashMap<>();
    options.put(RunSettings.FROM.key(), summary.toString());
    options.put(RunSettings.OUTPUT_DIR.key(), out.toString());
    if (runner != null) {
      options.put(RunnerSettings.RUNNER.key(), runner);
    }
    return Reproduction.again(AllSettings.load(List.of(), options));
  }

  /**
   * Reads what the stages gave; those that only compare may be missing.
   *
   * @throws MosException where one is not finished
   */
  static FinishedRun read(Path out, Settings settings) {
    FinishedRun run =
        new FinishedRun(
            out, settings, Plan.of(settings), new StageRecords(out), new StageResults());
    for (Stage stage : run.stages) {
      if (!stage.compares() || run.records.recorded(stage) != null) {
        run.results.put(stage.name(), run.recorded(stage));
      }
    }
    return run;
  }

  /** What a stage gave. */
  StageResults.Finished recorded(Stage stage) {
    StageResults.Finished finished = records.recorded(stage);
    if (finished == null) {
      throw new MosException(
          out + ": the stage " + stage.name() + " is not finished; `mos run` continues it");
    }
    return finished;
  }

  /** Goes through a stage once more, and notes what it gave. */
  static StageResults.Finished again(Stage stage, StageRecords records) {
    JsonNode figures = ResultJson.tree(stage.command().run(stage.settings()));
    LOG.info("{}", stage.describe(figures));
    return records.amend(stage, figures);
  }

  /** Writes the summary and the report anew. */
  RunSummary write() {
    RunSummary summary = new Summary(settings, stages, results).write(out);
    ReportPage.write(out);
    return summary;
  }
}
