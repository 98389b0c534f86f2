package mos.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import mos.base.AtomicFile;
import mos.base.DataLocks;
import mos.base.FolderLock;
import mos.base.Folders;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Seeds;
import mos.base.Sha256;
import mos.data.ParallelCorpus;
import mos.distributed.Processes;
import mos.distributed.SharedWork;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.results.EvaluatedArchitecture;
import mos.results.Made;
import mos.results.ResultJson;
import mos.results.SupernetEvaluationFigures;
import mos.search.RankAgreement;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.train.Checkpoint;
import mos.train.TrainingConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How well a SuperTransformer tells what its SubTransformers are worth: inherited against
 * standalone quality of architectures, each trained alone. Each result is a file of the folder, so
 * that an evaluation goes on where it stopped; several processes train some architectures each.
 *
 * <p>Source: Mixture-of-Supernets (2024), section 4 (mean absolute error and Kendall's tau between
 * supernet and standalone performance).
 *
 * @param supernet checkpoint of the SuperTransformer
 * @param architectures that are compared, at least two; a longer list goes on with a shorter one
 * @param scoring what they are compared by
 * @param subset of the data that is scored on, for example valid
 * @param model sizes of the SuperTransformer that standalone trainings are cut from, for
 *     dictionaries of any size
 * @param training of each, from random weights; its folder is that of the evaluation
 * @param begun what decides the result, for an evaluation that is continued; asked once the work
 *     begins, by the first process
 * @param told settings, for the result's provenance
 */
public record SupernetEvaluation(
    Path supernet,
    List<SubTransformer> architectures,
    Scoring scoring,
    String subset,
    ModelConfig model,
    TrainingSetup training,
    Supplier<BegunWith> begun,
    Map<String, Object> told)
    implements Experiment<SupernetEvaluationFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(SupernetEvaluation.class);
  private static final String BEGUN = "begun.json";
  private static final String CHECKPOINT = "checkpoint";

  public SupernetEvaluation {
    architectures = List.copyOf(architectures);
  }

  /**
   * An evaluation by loss on the validation set, where there is a GPU on it.
   *
   * @param supernet checkpoint of the SuperTransformer
   * @param data folder
   * @param training of each architecture by itself
   * @param folder of the evaluation
   */
  public static SupernetEvaluation of(
      Path supernet,
      Path data,
      List<SubTransformer> architectures,
      TrainingConfig training,
      Path folder) {
    try (Checkpoint checkpoint = Checkpoint.open(supernet)) {
      return new SupernetEvaluation(
          supernet,
          architectures,
          Scoring.loss(),
          "valid",
          checkpoint.description().model(),
          new TrainingSetup(
              DataSource.of(data),
              training,
              folder,
              ComputeChoice.AUTO,
              TrainingSetup.Told.NOTHING),
          () -> BegunWith.ANYTHING,
          Map.of());
    }
  }

  @Override
  public SupernetEvaluationFigures run(Processes processes) {
    return Sharing.run(processes, shared -> run(processes, shared));
  }

  private SupernetEvaluationFigures run(Processes processes, SharedWork shared) {
    Compute compute = training.compute().setUp(processes.place());
    DataFolder data = DataFolder.open(training.data());
    try (Checkpoint checkpoint = Checkpoint.open(supernet);
        FolderLock lock = shared.leads() ? FolderLock.of(training.folder()) : null;
        SuperTransformer inherited = checkpoint.model(compute.device(), false);
        DataLocks reading = data.reading();
        ParallelCorpus valid = data.split(subset)) {
      data.check(checkpoint.description(), supernet.toString());
      String hash = Sha256.of(supernet);
      shared.same("what decides a score", Json.line(scoring.origin(valid, compute, hash)));
      Scorer scorer = scoring.open(data, valid, subset, compute);
      UnaryOperator<String> one =
          number ->
              ResultJson.line(evaluated(Integer.parseInt(number), inherited, scorer, compute));
      if (!shared.leads()) {
        return Sharing.help(shared, SupernetEvaluationFigures.class, one);
      }
      begin(hash);
      evaluateMissing(shared, one);
      Map<String, String> made =
          Provenance.of(
              data, Devices.describe(compute.device()), Optional.of(supernet), "train", "valid");
      SupernetEvaluationFigures result = result(Made.of(made, told));
      ResultJson.write(training.folder().resolve(SupernetEvaluationFigures.FILE_NAME), result);
      return result;
    }
  }

  /** Refuses to mix results of other settings or another checkpoint. */
  private void begin(String checkpoint) {
    BegunWith now = begun.get().and(CHECKPOINT, checkpoint);
    Path file = training.folder().resolve(BEGUN);
    if (Files.exists(file)) {
      now.check(Json.read(file), "evaluation", file);
    } else {
      AtomicFile.writeString(file, Json.pretty(now.settings()));
    }
  }

  private void evaluateMissing(SharedWork shared, UnaryOperator<String> one) {
    List<String> missing =
        IntStream.rangeClosed(1, architectures.size())
            .filter(i -> !Files.exists(record(i)))
            .mapToObj(Integer::toString)
            .toList();
    shared.compute(
        missing,
        one,
        (item, result) -> {
          int i = Integer.parseInt(missing.get(item));
          ResultJson.write(
              record(i),
              ResultJson.parse(result, EvaluatedArchitecture.class, "architecture " + i));
          deleteTraining(i);
        });
  }

  private EvaluatedArchitecture evaluated(
      int number, SuperTransformer inherited, Scorer scorer, Compute compute) {
    LOG.info("architecture {} of {}", number, architectures.size());
    SubTransformer architecture = architectures.get(number - 1);
    return new EvaluatedArchitecture(
        architecture.decoderLayers(),
        scorer.score(inherited, architecture),
        standalone(number, architecture, scorer, compute),
        architecture);
  }

  /** Trains, or goes on to train, and scores the best checkpoint. */
  private double standalone(
      int number, SubTransformer architecture, Scorer scorer, Compute compute) {
    Path folder = trainingFolder(number);
    new SubTransformerTraining(
            new Models.Named(architecture, "architecture " + number),
            new StartingWeights.Random(model),
            training.in(folder))
        .alone(compute);
    try (Checkpoint checkpoint = Checkpoint.open(folder.resolve(Checkpoint.BEST));
        SuperTransformer alone = checkpoint.model(compute.device(), false)) {
      return scorer.score(alone, architecture);
    }
  }

  private Path trainingFolder(int number) {
    return training.folder().resolve(String.format(Locale.ROOT, "training-%03d", number));
  }

  private void deleteTraining(int number) {
    Path folder = trainingFolder(number);
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new MosException("cannot delete " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private Path record(int number) {
    return training.folder().resolve(String.format(Locale.ROOT, "architecture-%03d.json", number));
  }

  private SupernetEvaluationFigures result(Made made) {
    List<EvaluatedArchitecture> all =
        IntStream.rangeClosed(1, architectures.size())
            .mapToObj(i -> ResultJson.read(record(i), EvaluatedArchitecture.class))
            .toList();
    double[] standalone = column(all, EvaluatedArchitecture::standalone);
    long seed = Seeds.derive(training.config().seed(), "bootstrap");
    RankAgreement found =
        RankAgreement.of(column(all, EvaluatedArchitecture::inherited), standalone, seed);
    // Deeper is better, so that depth alone ranks as its negative value does.
    RankAgreement byDepth =
        RankAgreement.of(column(all, one -> -one.decoderLayers()), standalone, seed);
    return new SupernetEvaluationFigures(
        scoring.fitness(),
        training.config().maxUpdates(),
        found.count(),
        finite(found.meanAbsoluteError()),
        interval(found.errorInterval()),
        finite(found.kendallTau()),
        interval(found.tauInterval()),
        finite(byDepth.kendallTau()),
        interval(byDepth.tauInterval()),
        all,
        made);
  }

  private static double[] column(
      List<EvaluatedArchitecture> all, ToDoubleFunction<EvaluatedArchitecture> value) {
    return all.stream().mapToDouble(value).toArray();
  }

  private static Double finite(double value) {
    return SupernetEvaluationFigures.finite(value);
  }

  private static List<Double> interval(RankAgreement.Interval interval) {
    return SupernetEvaluationFigures.interval(interval.low(), interval.high());
  }
}
