package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.base.DataLock;
import mos.base.FolderLock;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.settings.AllSettings;
import mos.command.settings.ConstraintSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.MeasureSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.SearchSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.console.Durations;
import mos.data.ParallelCorpus;
import mos.experiment.DataFolder;
import mos.experiment.SourceSentences;
import mos.report.LiveReport;
import mos.report.ReportPage;
import mos.results.ResultJson;
import mos.space.SearchSpaceSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole pipeline. Interrupted and repeated, it continues and redoes nothing. */
public final class RunTask implements Command<ObjectNode> {
  private static final Logger LOG = LoggerFactory.getLogger(RunTask.class);

  @Override
  public String name() {
    return "run";
  }

  @Override
  public String description() {
    return "The stages: supernet, latency data, predictor, search, measuring, training of the found"
        + " SubTransformer, scores. The same command continues where it stopped and redoes nothing"
        + " that is finished and unchanged.";
  }

  @Override
  public String example() {
    return "run --task sample --output_dir out/sample";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(RunSettings.ofRun());
    settings.add(RunSettings.FROM);
    settings.addAll(Plan.settings());
    return settings;
  }

  @Override
  public Set<Setting<?>> first() {
    Set<Setting<?>> first = new HashSet<>(RunSettings.ofRun());
    first.addAll(
        List.of(
            RunSettings.FROM,
            DataSettings.DATA,
            ModelSettings.MAX_EXPERTS,
            TrainingSettings.MAX_UPDATE,
            TrainingSettings.SUB_MAX_UPDATE,
            DataSettings.MAX_TOKENS,
            ConstraintSettings.LATENCY,
            EvolutionSettings.EVO_ITER,
            SearchSettings.FRONT,
            DecodingSettings.BEAM,
            MachineSettings.SEED,
            MachineSettings.DEVICE,
            MachineSettings.THREADS));
    return first;
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings given) {
    Settings settings = given.has(RunSettings.FROM) ? Reproduction.again(given) : given;
    Path out = RunSettings.outputDir(settings);
    List<Stage> stages = Plan.of(settings);
    check(stages);
    String stopped =
        "the run in " + out + "; all that was finished is kept, the same command continues";
    try (FolderLock lock = FolderLock.of(out);
        StopSignal.Saving place = StopSignal.at(stopped);
        DataLock reading = reading(stages.get(0));
        LiveReport live = live(given, out)) {
      return run(settings, stages, out);
    }
  }

  /** Keeps the user's own data as they are until the last stage has read them; else null. */
  private static DataLock reading(Stage first) {
    return first.task() instanceof PrepareSampleTask
        ? null
        : DataLock.reading(first.settings().get(DataSettings.DATA));
  }

  /** Null where it is not asked for. */
  private static LiveReport live(Settings settings, Path out) {
    if (!settings.has(RunSettings.SERVE)) {
      return null;
    }
    LiveReport live = LiveReport.start(out, settings.get(RunSettings.SERVE));
    LOG.info("live report: {}", live.address());
    return live;
  }

  private static ObjectNode run(Settings settings, List<Stage> stages, Path out) {
    StageRecords records = new StageRecords(out);
    Map<String, StageRecords.Finished> results = new LinkedHashMap<>();
    int number = 0;
    for (Stage stage : stages) {
      number++;
      Settings own = stage.settings();
      StageRecords.Finished finished = records.finished(stage, own);
      if (finished == null) {
        LOG.info("[{}/{}] {}", number, stages.size(), stage.title());
        if (stage.name().equals("supernet")) {
          requireFeasible(stages);
        }
        finished = execute(stage, own, records);
      } else {
        LOG.info("[{}/{}] {}: finished before", number, stages.size(), stage.title());
      }
      results.put(stage.name(), finished);
      if (finished.figures().path("architecture").isNull()) {
        throw new MosException(
            out
                + "/search: nothing that the search found meets the constraint, so there is nothing"
                + " to train: "
                + described(stage, finished.figures()).replace("\n", "; "));
      }
    }
    if (ConstraintText.missedUnderLoad(results.get("measure").figures())) {
      LOG.info("the constraint was missed under other load: measured again");
      Remeasure.measure(stages, records, results);
    }
    ObjectNode summary = new Summary(settings, stages, results).write(out);
    ReportPage.write(out);
    return summary;
  }

  /** An impossible constraint is better known before the training than days after. */
  private static void requireFeasible(List<Stage> stages) {
    Map<String, String> options = new LinkedHashMap<>();
    for (Stage stage : stages) {
      // The search reads the model's sizes from its checkpoint, which is not there yet.
      options.putAll(stage.options());
      if (stage.task() instanceof EvoSearchTask) {
        EvoSearchTask.requireFeasible(AllSettings.load(stage.files(), options));
      }
    }
  }

  private static StageRecords.Finished execute(
      Stage stage, Settings settings, StageRecords records) {
    double before = records.secondsSoFar(stage);
    long start = System.nanoTime();
    ObjectNode figures = null;
    records.save(stage, settings, before, null);
    try {
      figures = (ObjectNode) ResultJson.tree(stage.task().run(settings));
    } finally {
      double seconds = before + (System.nanoTime() - start) / 1e9;
      records.save(stage, settings, seconds, figures);
    }
    double seconds = before + (System.nanoTime() - start) / 1e9;
    LOG.info("{}", described(stage, figures).replace("\n", "; "));
    LOG.info("{} took {}", stage.name(), Durations.ofSeconds(seconds));
    return new StageRecords.Finished(seconds, figures);
  }

  private static String described(Stage stage, ObjectNode figures) {
    return described(stage.task(), figures);
  }

  private static <R> String described(Command<R> command, ObjectNode figures) {
    return command.describe(ResultJson.as(figures, command.result(), command.name()));
  }

  /** Finds mistakes in the settings before anything is written, as far as that can be. */
  private static void check(List<Stage> stages) {
    List<Path> made = stages.stream().flatMap(stage -> stage.outputs().stream()).toList();
    Settings ownData = null;
    boolean skip = false;
    for (Stage stage : stages) {
      List<Path> files =
          stage.files().stream().filter(file -> made.stream().noneMatch(file::startsWith)).toList();
      Settings own = AllSettings.load(files, stage.options());
      int anySize = own.get(MeasureSettings.VOCABULARY_SIZE);
      ModelSettings.superTransformer(own, SearchSpaceSettings.space(own), anySize, anySize);
      MachineSettings.compute(own).check();
      stage.task().check(own);
      if (stage.name().equals("supernet") && stage.after().isEmpty()) {
        ownData = own;
      }
      skip |= own.get(DataSettings.SKIP_INVALID);
    }
    if (ownData != null) {
      checkData(ownData, skip);
    }
  }

  /** All sets that stages read are there, and a model can read them: the last stage needs them. */
  private static void checkData(Settings settings, boolean skip) {
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    data.split("train").close();
    for (String subset : List.of("valid", "test")) {
      try (ParallelCorpus corpus = data.split(subset)) {
        new SourceSentences(corpus.source(), subset, skip);
      }
    }
  }

  @Override
  public boolean succeeded(ObjectNode figures) {
    return figures.path("constraint_met").asBoolean();
  }

  @Override
  public String describe(ObjectNode figures) {
    return Summary.table(figures);
  }
}
