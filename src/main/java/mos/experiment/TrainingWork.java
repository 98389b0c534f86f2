package mos.experiment;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import mos.base.DataLocks;
import mos.base.FolderLock;
import mos.data.ParallelCorpus;
import mos.data.Segmentation;
import mos.data.TrainingSet;
import mos.distributed.Processes;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.results.LossFigures;
import mos.results.TrainingFigures;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.train.ArchitectureSchedule;
import mos.train.Checkpoint;
import mos.train.LearningRate;
import mos.train.ModelDescription;
import mos.train.Trainer;
import mos.train.TrainingConfig;
import mos.train.TrainingListener;
import org.bytedeco.pytorch.Device;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A training of whatever model.
 *
 * @param setup data, sizes, folder
 * @param subject what is trained
 * @param start makes the model that the training begins with
 */
record TrainingWork(TrainingSetup setup, Subject subject, Start start) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingWork.class);

  /**
   * What is trained.
   *
   * @param label for progress
   * @param space of a SuperTransformer, else null
   * @param architecture of a SubTransformer, else null
   * @param schedule what an update trains
   * @param parent the checkpoint whose weights it inherits
   */
  record Subject(
      String label,
      SearchSpace space,
      SubTransformer architecture,
      ArchitectureSchedule schedule,
      Optional<Path> parent) {}

  /** Makes the first model. */
  @FunctionalInterface
  interface Start {
    SuperTransformer model(DataFolder data, Device device);
  }

  TrainingFigures run(Processes processes) {
    Compute compute = setup.compute().setUp(processes.place());
    return Ranks.together(processes, compute.device(), ranks -> run(compute, ranks));
  }

  TrainingFigures run(Compute compute, Ranks ranks) {
    TrainingConfig config = setup.config().with(compute.precision());
    if (ranks.first()) {
      warnOfLongWarmUp(config.learningRate());
    }
    DataFolder data = DataFolder.open(setup.data());
    if (ranks.first() && setup.data().folders().all().size() > 1) {
      LOG.info("validation and dictionaries are those of {}", data.folder());
    }
    Segmentation segmentation = BpeDropout.of(data, config);
    try (SuperTransformer model = start.model(data, compute.device());
        DataLocks reading = data.reading();
        TrainingSet train = data.training(config.sampling()).with(segmentation);
        ParallelCorpus valid = data.split("valid")) {
      ModelDescription description = description(model, data, compute.device(), ranks.size());
      if (!ranks.first()) {
        return train(config, model, description, TrainingListener.SILENT, ranks, train, valid);
      }
      try (FolderLock lock = FolderLock.of(setup.folder());
          TrainingProgress progress =
              new TrainingProgress(subject.label(), description, setup.told().changes())) {
        return train(config, model, description, progress, ranks, train, valid);
      }
    }
  }

  private static void warnOfLongWarmUp(LearningRate rate) {
    if (rate.warmupUpdates() >= rate.maxUpdates()) {
      LOG.warn(
          "the warm-up of {} updates is no shorter than the training of {}: the learning rate does"
              + " not reach its peak",
          rate.warmupUpdates(),
          rate.maxUpdates());
    }
  }

  private ModelDescription description(
      SuperTransformer model, DataFolder data, Device device, int processes) {
    return new ModelDescription(
        model.config(),
        subject.space(),
        subject.architecture(),
        data.sourceLanguage(),
        data.targetLanguage(),
        data.sourceDictionary().hash(),
        data.targetDictionary().hash(),
        setup.config().told(setup.told().settings(), processes),
        Provenance.of(data, Devices.describe(device), subject.parent(), "train", "valid"));
  }

  private TrainingFigures train(
      TrainingConfig config,
      SuperTransformer model,
      ModelDescription description,
      TrainingListener listener,
      Ranks ranks,
      TrainingSet train,
      ParallelCorpus valid) {
    Trainer trainer =
        new Trainer(
            model, subject.schedule(), description, config, setup.folder(), listener, ranks);
    return figures(trainer.run(train, valid), model.parameters().size());
  }

  private TrainingFigures figures(Trainer.Result result, long parameters) {
    Map<String, LossFigures> valid = new LinkedHashMap<>();
    result.validation().forEach((name, loss) -> valid.put(name, Figures.of(loss, null)));
    return new TrainingFigures(
        result.state().update(),
        result.state().position().epoch(),
        result.state().seconds(),
        result.state().targetTokens() / Math.max(1e-9, result.state().seconds()),
        parameters,
        result.state().bestLoss(),
        result.skipped().count(),
        result.skippedInValidation().count(),
        valid,
        setup.folder().resolve(Checkpoint.BEST).toString());
  }
}
