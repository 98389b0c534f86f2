package mos.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.DataLocks;
import mos.base.FolderLock;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.EvoSearchCommand;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Settings;
import mos.console.Durations;
import mos.console.Progress;
import mos.data.ParallelCorpus;
import mos.data.Sampling;
import mos.experiment.DataFolder;
import mos.experiment.Search;
import mos.experiment.SourceSentences;
import mos.report.LiveReport;
import mos.report.ReportPage;
import mos.results.ResultJson;
import mos.results.RunSummary;
import mos.results.SearchFigures;
import mos.space.SearchSpaceSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One run: goes through its stages, those that are finished and unchanged left out. */
final class Run {
  private static final Logger LOG = LoggerFactory.getLogger(Run.class);

  /** A run that is killed loses no more of what it knows of its time. */
  private static final int NOTING_SECONDS = 30;

  private final Settings given;
  private final Settings settings;
  private final Path out;
  private List<Stage> stages;

  Run(Settings given) {
    this.given = given;
    this.settings = given.has(RunSettings.FROM) ? Reproduction.again(given) : given;
    this.out = RunSettings.outputDir(settings);
    this.stages = Plan.of(settings);
  }

  /** Does what is not done yet, and writes summary and report. */
  RunSummary toItsEnd() {
    check();
    String stopped =
        "the run in " + out + "; all that was finished is kept, the same command continues";
    try (FolderLock lock = FolderLock.of(out);
        StopSignal.Saving place = StopSignal.at(stopped);
        DataLocks reading = reading();
        LiveReport live = live()) {
      return stages();
    }
  }

  /** Keeps the user's own data as they are until the last stage has read them; else null. */
  private DataLocks reading() {
    return RunSettings.makesItsData(settings)
        ? null
        : DataLocks.reading(DataSettings.source(stages.get(0).settings()).folders().all());
  }

  /** Null where it is not asked for. */
  private LiveReport live() {
    if (!given.has(RunSettings.SERVE)) {
      return null;
    }
    LiveReport live = LiveReport.start(out, given.get(RunSettings.SERVE));
    LOG.info("live report: {}", live.address());
    return live;
  }

  private RunSummary stages() {
    StageRecords records = new StageRecords(out);
    StageResults results = new StageResults();
    Budget budget = Budget.of(settings, records);
    for (int number = 1; number <= stages.size(); number++) {
      Stage stage = stages.get(number - 1);
      Settings own = stage.settings();
      StageResults.Finished finished = records.finished(stage, own);
      if (finished == null && budget != null && budget.undecided(stage)) {
        if (stage.is(StageResults.Key.SUPERNET)) {
          requireFeasible();
        }
        budget.size(stage, stages);
        stages = Plan.of(settings);
        stage = stages.get(number - 1);
        own = stage.settings();
        finished = records.finished(stage, own);
      }
      if (finished == null) {
        LOG.info("[{}/{}] {}", number, stages.size(), stage.title());
        if (stage.is(StageResults.Key.SUPERNET)) {
          requireFeasible();
        }
        long start = System.nanoTime();
        finished = execute(stage, own, records, left(budget, stage, results));
        if (budget != null) {
          budget.note(secondsSince(start));
        }
      } else {
        LOG.info("[{}/{}] {}: finished before", number, stages.size(), stage.title());
      }
      results.put(stage.name(), finished);
      if (stage.is(StageResults.Key.SEARCH)) {
        requireFound(stage, results.of(StageResults.Key.SEARCH));
      }
    }
    if (results.of(StageResults.Key.MEASURE).constraints().missedUnderLoad()) {
      LOG.info("the constraint was missed under other load: measured again");
      Remeasure.measure(stages, records, results);
    }
    RunSummary summary = new Summary(settings, stages, results).write(out);
    ReportPage.write(out);
    return summary;
  }

  private void requireFound(Stage search, SearchFigures found) {
    if (found.architecture() == null) {
      throw new MosException(
          out
              + "/search: nothing that the search found meets the constraint, so there is nothing"
              + " to train: "
              + search.describe(ResultJson.tree(found)));
    }
  }

  /** An impossible constraint is better known before the training than days after. */
  private void requireFeasible() {
    Map<String, String> options = new LinkedHashMap<>();
    for (Stage stage : stages) {
      // The search reads the model's sizes from its checkpoint, which is not there yet.
      options.putAll(stage.options());
      if (stage.command() instanceof EvoSearchCommand command) {
        Settings all = AllSettings.load(stage.files(), options);
        Search search = command.configuration(all);
        search.requireFeasible(ModelSettings.anyVocabulary(all, search.space()));
      }
    }
  }

  /** What progress tells of the run while a stage goes on. */
  private Progress.Whole left(Budget budget, Stage stage, StageResults results) {
    return budget == null
        ? RunEstimate.of(stage, stages, results)
        : RunEstimate.until(budget.left(stages));
  }

  /** Goes through a stage, and notes what it gave. */
  static StageResults.Finished execute(
      Stage stage, Settings settings, StageRecords records, Progress.Whole whole) {
    double before = records.secondsSoFar(stage);
    long start = System.nanoTime();
    JsonNode figures = null;
    records.save(stage, settings, before, null);
    Progress.partOf(whole);
    try (Heartbeat noting =
        Heartbeat.every(
            NOTING_SECONDS,
            () -> records.save(stage, settings, before + secondsSince(start), null))) {
      figures = ResultJson.tree(stage.command().run(settings));
    } finally {
      Progress.partOf(Progress.Whole.UNKNOWN);
      double seconds = before + secondsSince(start);
      records.save(stage, settings, seconds, figures);
    }
    double seconds = before + secondsSince(start);
    LOG.info("{}", stage.describe(figures));
    LOG.info("{} took {}", stage.name(), Durations.ofSeconds(seconds));
    return new StageResults.Finished(seconds, figures);
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Finds mistakes in the settings before anything is written, as far as that can be. */
  private void check() {
    List<Path> made = stages.stream().flatMap(stage -> stage.outputs().stream()).toList();
    Settings ownData = null;
    boolean skip = false;
    for (Stage stage : stages) {
      List<Path> files =
          stage.files().stream().filter(file -> made.stream().noneMatch(file::startsWith)).toList();
      Settings own = AllSettings.load(files, stage.options());
      ModelSettings.anyVocabulary(own, SearchSpaceSettings.space(own));
      MachineSettings.compute(own).check();
      stage.command().check(own);
      if (stage.is(StageResults.Key.SUPERNET) && stage.after().isEmpty()) {
        ownData = own;
      }
      skip |= own.get(DataSettings.SKIP_INVALID);
    }
    if (ownData != null) {
      checkData(
          DataFolder.open(DataSettings.source(ownData)), TrainingSettings.sampling(ownData), skip);
    }
  }

  /** All sets that stages read are there, and a model can read them: the last stage needs them. */
  private static void checkData(DataFolder data, Sampling sampling, boolean skip) {
    data.training(sampling).close();
    for (String subset : List.of("valid", "test")) {
      try (ParallelCorpus corpus = data.split(subset)) {
        new SourceSentences(corpus.source(), subset, skip);
      }
    }
  }
}
