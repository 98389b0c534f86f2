package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.base.DataLock;
import mos.base.FolderLock;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LossSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.distributed.Launch;
import mos.distributed.Ranks;
import mos.experiment.DataFolder;
import mos.experiment.Provenance;
import mos.model.SuperTransformer;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Precision;
import mos.train.ArchitectureSchedule;
import mos.train.Checkpoint;
import mos.train.LearningRate;
import mos.train.ModelDescription;
import mos.train.Trainer;
import mos.train.TrainingConfig;
import mos.train.TrainingListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a SuperTransformer, or one SubTransformer when an architecture is given. The same call
 * continues an interrupted training.
 */
public final class TrainTask implements Command<ObjectNode> {
  private static final Logger LOG = LoggerFactory.getLogger(TrainTask.class);

  private final boolean subTransformer;

  /**
   * @param subTransformer true for the command {@code train-subtransformer}
   */
  public TrainTask(boolean subTransformer) {
    this.subTransformer = subTransformer;
  }

  @Override
  public String name() {
    return subTransformer ? "train-subtransformer" : "train";
  }

  @Override
  public String description() {
    return subTransformer
        ? "It begins from random weights or, with --init supernet, from inherited ones. The same"
            + " command continues an interrupted training."
        : "One SubTransformer is trained with --train-subtransformer or --sub-configs. The same"
            + " command continues an interrupted training.";
  }

  @Override
  public String example() {
    return subTransformer
        ? "train-subtransformer --configs configs/tasks/sample.yml --sub-configs arch.yml"
            + " --data data --init supernet --restore-file supernet/checkpoint_best.safetensors"
        : "train --configs configs/tasks/sample.yml --data data --save-dir supernet";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(ModelSettings.settings());
    settings.addAll(TrainingSettings.ofTraining(subTransformer));
    settings.add(MachineSettings.NUM_GPUS);
    settings.add(MachineSettings.DISTRIBUTED_TIMEOUT);
    settings.add(FileSettings.SAVE_DIR);
    if (subTransformer) {
      settings.addAll(SubTransformerFile.settings());
      settings.addAll(List.of(TrainingSettings.INIT, FileSettings.RESTORE_FILE));
    } else {
      settings.addAll(
          List.of(TrainingSettings.SANDWICH_RULE, TrainingSettings.TRAIN_SUBTRANSFORMER));
    }
    return settings;
  }

  @Override
  public List<Setting<?>> options() {
    Set<Setting<?>> options = new LinkedHashSet<>(settings());
    if (!subTransformer) {
      options.addAll(new TrainTask(true).settings());
    }
    return List.copyOf(options);
  }

  @Override
  public Map<String, Setting<?>> publishedNames() {
    return subTransformer ? TrainingSettings.PUBLISHED_OF_SUBTRANSFORMERS : Map.of();
  }

  @Override
  public List<Path> products(Settings settings) {
    return List.of(settings.get(FileSettings.SAVE_DIR).resolve(Checkpoint.BEST));
  }

  @Override
  public Object configuration(Settings settings) {
    boolean single = single(settings);
    DataSettings.ofFolder().forEach(settings::find);
    SearchSpaceSettings.settings().forEach(settings::find);
    ModelSettings.settings().forEach(settings::find);
    MachineSettings.ofComputing().forEach(settings::find);
    if (!single) {
      settings.find(TrainingSettings.SANDWICH_RULE);
    } else if (subTransformer) {
      SubTransformerFile.settings().forEach(settings::find);
      parent(settings, true);
    }
    return TrainingSettings.of(settings, single, Precision.FP32);
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of("train", "valid");
  }

  private boolean single(Settings settings) {
    return subTransformer || describesSubTransformer(settings);
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    if (!subTransformer && describesSubTransformer(settings)) {
      TrainTask single = new TrainTask(true);
      return single.run(settings.renamed(single.publishedNames(), AllSettings.known()));
    }
    settings.refuseOthers(
        settings(),
        subTransformer
            ? name() + " does not read it"
            : "read only where one SubTransformer is trained (--train-subtransformer)");
    Optional<Launch> launch = LocalRanks.place();
    if (launch.isEmpty() && LocalRanks.of(settings) > 1) {
      return new LocalRanks(name(), settings).run();
    }
    Compute machine = MachineSettings.compute(settings).setUp(launch);
    int timeout = settings.get(MachineSettings.DISTRIBUTED_TIMEOUT);
    return Ranks.together(
        launch, machine.device(), timeout, ranks -> run(settings, subTransformer, machine, ranks));
  }

  @Override
  public void check(Settings settings) {
    boolean single = single(settings);
    TrainingConfig training = TrainingSettings.of(settings, single, Precision.FP32);
    if (!single && settings.overrides().containsKey(LossSettings.DISTILL_WEIGHT.key())) {
      if (!training.gradients().distillation().active()) {
        throw settings.error(LossSettings.DISTILL_WEIGHT, "left out without distill");
      }
    }
    if (training.gradients().distillation().active()
        && !settings.get(TrainingSettings.SANDWICH_RULE)) {
      throw settings.error(
          LossSettings.DISTILL, "none without sandwich-rule: nobody is there to teach");
    }
  }

  /** Whether one SubTransformer is to be trained: it is asked for, or one is described. */
  private static boolean describesSubTransformer(Settings settings) {
    return settings.has(TrainingSettings.TRAIN_SUBTRANSFORMER)
        ? settings.get(TrainingSettings.TRAIN_SUBTRANSFORMER)
        : SubTransformerFile.given(settings);
  }

  /** Trains one SubTransformer in this process, whatever others there are. */
  static ObjectNode alone(Settings settings, Compute machine) {
    return run(settings, true, machine, Ranks.single());
  }

  private static ObjectNode run(Settings settings, boolean single, Compute machine, Ranks ranks) {
    TrainingConfig training = TrainingSettings.of(settings, single, machine.precision());
    LearningRate rate = training.learningRate();
    if (ranks.first() && rate.warmupUpdates() >= rate.maxUpdates()) {
      LOG.warn(
          "the warm-up of {} updates is no shorter than the training of {}: the learning rate does"
              + " not reach its peak",
          rate.warmupUpdates(),
          rate.maxUpdates());
    }
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    SubTransformer architecture = single ? SubTransformerFile.fromSettings(settings) : null;
    try (SuperTransformer model =
            single
                ? StartingModel.single(settings, data, architecture, machine.device())
                : StartingModel.supernet(settings, data, machine.device());
        DataLock reading = data.reading();
        ParallelCorpus train = data.split("train");
        ParallelCorpus valid = data.split("valid")) {
      SearchSpace space = single ? null : SearchSpaceSettings.space(settings);
      ArchitectureSchedule schedule =
          single
              ? ArchitectureSchedule.single(architecture)
              : ArchitectureSchedule.supernet(
                  space, settings.get(TrainingSettings.SANDWICH_RULE), training.seed());
      ModelDescription description =
          new ModelDescription(
              model.config(),
              space,
              architecture,
              data.sourceLanguage(),
              data.targetLanguage(),
              data.sourceDictionary().hash(),
              data.targetDictionary().hash(),
              globally(settings, training.update().inAll(ranks.size())),
              Provenance.of(
                  data,
                  Devices.describe(machine.device()),
                  parent(settings, single),
                  "train",
                  "valid"));
      Path folder = settings.get(FileSettings.SAVE_DIR);
      if (!ranks.first()) {
        Trainer trainer =
            new Trainer(
                model, schedule, description, training, folder, TrainingListener.SILENT, ranks);
        return TrainingFigures.of(trainer.run(train, valid), model, folder);
      }
      try (FolderLock lock = FolderLock.of(folder);
          TrainingProgress progress =
              new TrainingProgress(single ? "SubTransformer" : "SuperTransformer", description)) {
        Trainer trainer =
            new Trainer(model, schedule, description, training, folder, progress, ranks);
        return TrainingFigures.of(trainer.run(train, valid), model, folder);
      }
    }
  }

  /**
   * A checkpoint counts the micro-batches of all processes, so that another number of them can
   * continue it.
   */
  private static Map<String, Object> globally(Settings settings, int microBatches) {
    Map<String, Object> all = new LinkedHashMap<>(settings.toMap());
    all.remove(TrainingSettings.UPDATE_FREQ_TOTAL.key());
    all.put(TrainingSettings.UPDATE_FREQ.key(), microBatches);
    return all;
  }

  private static Optional<Path> parent(Settings settings, boolean single) {
    return single && settings.get(TrainingSettings.INIT).equals("supernet")
        ? settings.find(FileSettings.RESTORE_FILE)
        : Optional.empty();
  }

  @Override
  public String describe(ObjectNode figures) {
    return TrainingFigures.describe(figures);
  }
}
