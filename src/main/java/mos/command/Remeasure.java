package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
  public static ObjectNode run(Path out, String runner) {
    Path summary = out.resolve(Summary.FILE_NAME);
    if (!Files.isRegularFile(summary)) {
      throw new ConfigurationException(
          out + ": no finished run: there is no " + Summary.FILE_NAME + " in it");
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
      Map<String, StageRecords.Finished> results = new LinkedHashMap<>();
      for (Stage stage : stages) {
        StageRecords.Finished finished = records.recorded(stage);
        if (finished == null) {
          throw new MosException(
              out + ": the stage " + stage.name() + " is not finished; `mos run` continues it");
        }
        results.put(stage.name(), finished);
      }
      measure(stages, records, results);
      ObjectNode mended = new Summary(settings, stages, results).write(out);
      ReportPage.write(out);
      return mended;
    }
  }

  /** Goes through the measuring once more, and notes what it gave. */
  static void measure(
      List<Stage> stages, StageRecords records, Map<String, StageRecords.Finished> results) {
    for (Stage stage : stages) {
      if (stage.task() instanceof MeasureTask task) {
        Settings own = stage.settings();
        ObjectNode figures = task.run(own);
        LOG.info("{}", task.describe(figures).replace("\n", "; "));
        results.put(stage.name(), records.amend(stage, figures));
      }
    }
  }

  /** For a terminal. */
  public static String describe(ObjectNode summary) {
    return Summary.table(summary);
  }

  /** Whether the constraint is met. */
  public static boolean succeeded(ObjectNode summary) {
    return summary.path("constraint_met").asBoolean();
  }
}
