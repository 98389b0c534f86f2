package mos.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import mos.base.DataLocks;
import mos.base.FolderLock;
import mos.base.Json;
import mos.data.ParallelCorpus;
import mos.distributed.Processes;
import mos.distributed.SharedWork;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.results.EvaluatedSupernet;
import mos.results.Made;
import mos.results.QualityFigures;
import mos.results.ResultJson;
import mos.results.StandaloneFigures;
import mos.results.SupernetEvaluationFigures;
import mos.space.ModelCost;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.train.Checkpoint;
import mos.train.TrainingConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How well SuperTransformers tell what their SubTransformers are worth: inherited against
 * standalone quality of architectures, each trained alone once for all SuperTransformers. Each
 * score is a file of the folder, so that an evaluation goes on where it stopped; several processes
 * share the work. Inherited scores come first: a SuperTransformer whose scores are all there is
 * needed no more.
 *
 * <p>Source: Mixture-of-Supernets (2024), section 4 (mean absolute error and Kendall's tau between
 * supernet and standalone performance).
 *
 * @param supernets that are compared; others may follow later
 * @param architectures that are compared, at least two; a longer list goes on with a shorter one
 * @param quality what they are judged by
 * @param fitness "loss" or "bleu": the measure of the figures in front
 * @param subset of the data that is scored on, for example valid
 * @param model sizes of the SuperTransformer that standalone trainings are cut from, for
 *     dictionaries of any size
 * @param training of each, from random weights; its folder is that of the evaluation
 * @param begun what decides the result, for an evaluation that is continued; asked once the work
 *     begins, by the first process
 * @param told settings, for the result's provenance
 */
public record SupernetEvaluation(
    List<Supernet> supernets,
    List<SubTransformer> architectures,
    Quality quality,
    String fitness,
    String subset,
    ModelConfig model,
    TrainingSetup training,
    Supplier<BegunWith> begun,
    Map<String, Object> told)
    implements Experiment<SupernetEvaluationFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(SupernetEvaluation.class);
  static final String STANDALONE = "standalone";
  private static final int TOKENS = 30;

  /**
   * A SuperTransformer.
   *
   * @param name of letters, digits, dots, hyphens and underscores; that of its scores' folder
   */
  public record Supernet(String name, Path checkpoint) {}

  public SupernetEvaluation {
    supernets = List.copyOf(supernets);
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
          List.of(new Supernet("supernet", supernet)),
          architectures,
          Quality.LOSS,
          "loss",
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
    try (FolderLock lock = shared.leads() ? FolderLock.of(training.folder()) : null;
        DataLocks reading = data.reading();
        ParallelCorpus valid = data.split(subset);
        Work work = new Work(data, quality.open(data, valid, subset, compute), compute)) {
      shared.same("what decides a score", Json.line(decisive(valid, compute)));
      if (!shared.leads()) {
        return Sharing.help(shared, SupernetEvaluationFigures.class, work::score);
      }
      files().begin(begun.get());
      Map<String, String> hashes = files().hashes(supernets, data::check);
      evaluateMissing(shared, work);
      SupernetEvaluationFigures result = result(hashes, made(data, compute));
      ResultJson.write(training.folder().resolve(SupernetEvaluationFigures.FILE_NAME), result);
      return result;
    }
  }

  private List<JsonNode> decisive(ParallelCorpus valid, Compute compute) {
    List<JsonNode> all = new ArrayList<>(List.of(quality.loss().origin(valid, compute, "")));
    quality.translations().ifPresent(t -> all.add(t.origin(valid, compute, "")));
    return all;
  }

  private EvaluationFolder files() {
    return new EvaluationFolder(training.folder(), architectures.size());
  }

  private IntStream numbers() {
    return IntStream.rangeClosed(1, architectures.size());
  }

  private void evaluateMissing(SharedWork shared, Work work) {
    List<String> missing = new ArrayList<>();
    for (Supernet one : supernets) {
      numbers()
          .filter(i -> !Files.exists(files().inherited(one.name(), i)))
          .forEach(i -> missing.add(one.name() + " " + i));
    }
    numbers()
        .filter(i -> !Files.exists(files().standalone(i)))
        .forEach(i -> missing.add(STANDALONE + " " + i));
    shared.compute(
        missing,
        work::score,
        (item, result) -> {
          String name = missing.get(item).split(" ")[0];
          int i = Integer.parseInt(missing.get(item).split(" ")[1]);
          if (name.equals(STANDALONE)) {
            ResultJson.write(
                files().standalone(i),
                ResultJson.parse(result, StandaloneFigures.class, missing.get(item)));
            files().deleteTraining(i);
          } else {
            ResultJson.write(
                files().inherited(name, i),
                ResultJson.parse(result, QualityFigures.class, missing.get(item)));
          }
        });
  }

  /** Scores one item of the work, with the last SuperTransformer kept open. */
  private final class Work implements AutoCloseable {
    private final Quality.Judge judge;
    private final Compute compute;
    private final ModelCost cost;
    private Supernet open;
    private SuperTransformer weights;

    Work(DataFolder data, Quality.Judge judge, Compute compute) {
      this.judge = judge;
      this.compute = compute;
      Vocabulary sizes = Vocabulary.of(data);
      cost = model.withVocabularies(sizes.source(), sizes.target()).cost();
    }

    /**
     * @param item name of a SuperTransformer, or {@value #STANDALONE}, and number of an
     *     architecture
     */
    String score(String item) {
      String name = item.split(" ")[0];
      int number = Integer.parseInt(item.split(" ")[1]);
      LOG.info("{}: architecture {} of {}", name, number, architectures.size());
      SubTransformer architecture = architectures.get(number - 1);
      if (name.equals(STANDALONE)) {
        return ResultJson.line(
            new StandaloneFigures(
                architecture.decoderLayers(),
                cost.parametersWithoutEmbedding(architecture),
                cost.flops(architecture, TOKENS, TOKENS),
                alone(number, architecture),
                architecture));
      }
      return ResultJson.line(judge.of(weights(name), architecture));
    }

    private SuperTransformer weights(String name) {
      if (open == null || !open.name().equals(name)) {
        close();
        Supernet wanted =
            supernets.stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
        try (Checkpoint checkpoint = Checkpoint.open(wanted.checkpoint())) {
          weights = checkpoint.model(compute.device(), false);
        }
        open = wanted;
      }
      return weights;
    }

    /** Trains, or goes on to train, and scores the best checkpoint. */
    private QualityFigures alone(int number, SubTransformer architecture) {
      close();
      Path folder = files().trainingFolder(number);
      new SubTransformerTraining(
              new Models.Named(architecture, "architecture " + number),
              new StartingWeights.Random(model),
              training.in(folder))
          .alone(compute);
      try (Checkpoint checkpoint = Checkpoint.open(folder.resolve(Checkpoint.BEST));
          SuperTransformer trained = checkpoint.model(compute.device(), false)) {
        return judge.of(trained, architecture);
      }
    }

    @Override
    public void close() {
      if (weights != null) {
        weights.close();
        weights = null;
        open = null;
      }
    }
  }

  private Made made(DataFolder data, Compute compute) {
    Path first = supernets.get(0).checkpoint();
    return Made.of(
        Provenance.of(
            data,
            Devices.describe(compute.device()),
            Files.exists(first) ? Optional.of(first) : Optional.empty(),
            "train",
            "valid"),
        told);
  }

  private SupernetEvaluationFigures result(Map<String, String> hashes, Made made) {
    List<StandaloneFigures> alone =
        numbers()
            .mapToObj(i -> ResultJson.read(files().standalone(i), StandaloneFigures.class))
            .toList();
    SupernetComparison comparison = new SupernetComparison(alone, training.config().seed());
    List<EvaluatedSupernet> compared = new ArrayList<>();
    for (Supernet one : supernets) {
      List<QualityFigures> inherited =
          numbers()
              .mapToObj(
                  i -> ResultJson.read(files().inherited(one.name(), i), QualityFigures.class))
              .toList();
      compared.add(comparison.supernet(one.name(), hashes.get(one.name()), inherited));
    }
    return comparison.figures(fitness, training.config().maxUpdates(), compared, made);
  }
}
