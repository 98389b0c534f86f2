package mos.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.Limit;
import mos.base.MosException;
import mos.command.settings.AllSettings;
import mos.command.settings.ConstraintSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.console.Progress;
import mos.experiment.Provenance;
import mos.results.Constraints;
import mos.results.MeasureFigures;
import mos.results.Quantity;
import mos.results.ResultJson;
import mos.results.RunSummary;
import mos.results.TakenFigures;
import mos.results.TrainingFigures;
import mos.run.StageResults.Key;
import mos.space.SubTransformerFile;
import mos.train.Checkpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Another answer of a finished run's search, in a folder of its own in the run's. */
final class Taken {
  private static final Logger LOG = LoggerFactory.getLogger(Taken.class);

  private final FinishedRun run;
  private final String name;
  private final String origin;
  private final Double loss;
  private final Limit limit;
  private final Answer answer;
  private final List<Stage> stages;

  /**
   * @param loss as the search scored it; null where it did not
   * @param limit that it is to meet; null where it was asked for by name
   */
  private Taken(FinishedRun run, String name, String origin, Double loss, Limit limit) {
    this.run = run;
    this.name = name;
    this.origin = origin;
    this.loss = loss;
    this.limit = limit;
    this.answer = Answer.taken(run.out(), name);
    this.stages = Plan.of(settings(run, limit), answer);
  }

  /** Begins with an architecture that the search knows: writes its file. */
  static Taken of(FinishedRun run, SearchedAnswers.Known known, Limit limit) {
    Double loss = Double.isNaN(known.loss()) ? null : (Double) known.loss();
    Taken taken = new Taken(run, known.name(), known.origin(), loss, limit);
    SubTransformerFile.write(
        taken.answer.architecture(),
        known.architecture(),
        List.of("Taken by `mos take` from the search's " + known.origin() + "."));
    return taken;
  }

  /** One that was taken before. */
  static Taken of(FinishedRun run, TakenFigures before) {
    return new Taken(
        run,
        before.name(),
        before.origin(),
        before.losses().inheritedLoss(),
        before.limit() == null ? null : limit(before.limit()));
  }

  /** Reads a share such as 40%, or a number. */
  static Limit limit(String text) {
    return Limit.share(text).orElseGet(() -> Limit.of(Double.parseDouble(text)));
  }

  /** The run's settings with the limit in the place of the run's. */
  private static Settings settings(FinishedRun run, Limit limit) {
    Map<String, String> options = new LinkedHashMap<>(run.settings().overrides());
    if (limit == null) {
      // No limit of its own: it is timed beside the largest for its share of that.
      options.put(ConstraintSettings.LATENCY.key(), "100%");
      options.put(ConstraintSettings.FLOPS.key(), "-1");
      options.put(ConstraintSettings.PARAMS.key(), "-1");
    } else {
      options.put(limited(run).key(), limit.toString());
    }
    return AllSettings.load(run.settings().files(), options);
  }

  /** The limit of the run that its search's costs are compared with. */
  private static Setting<Limit> limited(FinishedRun run) {
    Settings all = run.stages().get(run.stages().size() - 1).allSettings();
    Quantity last = null;
    for (Quantity quantity : ConstraintSettings.limits(all).byQuantity().keySet()) {
      last = quantity;
    }
    return switch (last) {
      case LATENCY -> ConstraintSettings.LATENCY;
      case FLOPS -> ConstraintSettings.FLOPS;
      case PARAMS -> ConstraintSettings.PARAMS;
    };
  }

  /** Measures it, where that was not done yet: whether it meets its limit. */
  Constraints measured() {
    Stage stage = stages.get(0);
    return ResultJson.as(done(stage).figures(), MeasureFigures.class, stage.name()).constraints();
  }

  /** Clears away what was begun of one that is not trained after all; its record stays. */
  void leave() {
    if (!Files.exists(answer.subtransformer())) {
      try {
        Folders.delete(answer.folder());
      } catch (IOException e) {
        throw new MosException(
            "cannot delete " + answer.folder() + ": " + AtomicFile.describe(e), e);
      }
    }
  }

  private StageResults.Finished done(Stage stage) {
    Settings own = stage.settings();
    StageResults.Finished before = run.records().finished(stage, own);
    return before == null ? Run.execute(stage, own, run.records(), Progress.Whole.UNKNOWN) : before;
  }

  /** Does what is not done yet, and writes its summary. */
  TakenFigures toItsEnd() {
    StageResults results = new StageResults();
    int number = 0;
    for (Stage stage : stages) {
      LOG.info("[{}/{}] {}", ++number, stages.size(), stage.title());
      results.put(answer.plain(stage), done(stage));
    }
    return write(results);
  }

  /** Measures it once more, and mends its summary. */
  void measureAgain() {
    StageResults results = new StageResults();
    for (Stage stage : stages) {
      StageResults.Finished finished = run.recorded(stage);
      boolean measures = answer.plain(stage).equals(Key.MEASURE.name());
      results.put(
          answer.plain(stage), measures ? FinishedRun.again(stage, run.records()) : finished);
    }
    write(results);
  }

  private TakenFigures write(StageResults results) {
    MeasureFigures measured = results.of(Key.MEASURE);
    TrainingFigures trained = results.of(Key.TRAIN);
    Constraints constraints = measured.constraints();
    TakenFigures figures =
        new TakenFigures(
            name,
            TakenFigures.FOLDER + "/" + name,
            origin,
            limit == null ? null : limit.toString(),
            Summary.architecture(answer.architecture()),
            new RunSummary.Measured(measured.latency().latencyMs(), null),
            limit == null ? new Constraints(null, null, constraints.speedUp()) : constraints,
            measured.largest(),
            results.counted(),
            new RunSummary.Losses(loss, trained.bestLoss()),
            results.bleu(),
            results.sacrebleu(),
            results.chrf(),
            results.seconds(),
            supernet(run.out()));
    ResultJson.write(answer.folder().resolve(RunSummary.FILE_NAME), figures);
    return figures;
  }

  private static String supernet(Path out) {
    return Provenance.hash(out.resolve("supernet").resolve(Checkpoint.BEST));
  }

  /** All that were taken to their end, by name. */
  static List<TakenFigures> all(Path out) {
    Path folder = out.resolve(TakenFigures.FOLDER);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    List<TakenFigures> all = new ArrayList<>();
    try (Stream<Path> names = Files.list(folder)) {
      names
          .map(one -> one.resolve(RunSummary.FILE_NAME))
          .filter(Files::isRegularFile)
          .sorted()
          .forEach(file -> read(file).ifPresent(all::add));
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
    return all;
  }

  private static Optional<TakenFigures> read(Path file) {
    try {
      return Optional.of(ResultJson.read(file, TakenFigures.class));
    } catch (MosException e) {
      LOG.warn("{}: left out; `mos take` makes it again", e.getMessage());
      return Optional.empty();
    }
  }

  /** Those of the SuperTransformer that the run has now; others are left out, and that is said. */
  static List<TakenFigures> ofThisSupernet(Path out) {
    List<TakenFigures> all = all(out);
    if (all.isEmpty()) {
      return all;
    }
    String now = supernet(out);
    List<TakenFigures> same = new ArrayList<>();
    for (TakenFigures one : all) {
      if (now.equals(one.supernet())) {
        same.add(one);
      } else {
        LOG.warn(
            "{}/{} comes from another SuperTransformer than the run has now: left out; `mos take`"
                + " trains it again",
            out,
            one.folder());
      }
    }
    return same;
  }
}
