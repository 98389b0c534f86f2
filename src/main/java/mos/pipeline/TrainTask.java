package mos.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.base.ConfigurationException;
import mos.base.FolderLock;
import mos.base.Seeds;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.distributed.Launch;
import mos.distributed.Ranks;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.ModelSettings;
import mos.model.SuperTransformer;
import mos.space.ArchitectureFeatures;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Devices;
import mos.train.ArchitectureSchedule;
import mos.train.Checkpoint;
import mos.train.ModelDescription;
import mos.train.Trainer;
import mos.train.TrainingConfig;
import mos.train.TrainingListener;
import mos.train.TrainingSettings;
import org.bytedeco.pytorch.Device;

/**
 * Trains a SuperTransformer, or one SubTransformer when an architecture is given. The same call
 * continues an interrupted training.
 */
public final class TrainTask implements Task {
  static final Setting<Path> SAVE_DIR =
      Setting.ofPath("save-dir")
          .in(SettingGroup.FILES)
          .basic()
          .defaultsTo(Path.of("checkpoints"))
          .doc("Folder for checkpoints and metrics.jsonl");
  static final Setting<Boolean> SANDWICH_RULE =
      Setting.ofBoolean("sandwich-rule")
          .in(SettingGroup.TRAINING)
          .defaultsTo(true)
          .doc("Train the largest and the smallest SubTransformer along with a random one");
  static final Setting<Boolean> TRAIN_SUBTRANSFORMER =
      Setting.ofBoolean("train-subtransformer")
          .in(SettingGroup.TRAINING)
          .defaultsTo(false)
          .doc("Train the one SubTransformer that the settings describe");
  static final Setting<String> INIT =
      Setting.ofChoice("init", "scratch", "supernet")
          .in(SettingGroup.TRAINING)
          .basic()
          .defaultsTo("scratch")
          .doc("First weights of a SubTransformer: random, or inherited from restore-file");
  static final Setting<Path> RESTORE_FILE =
      Setting.ofPath("restore-file")
          .in(SettingGroup.FILES)
          .basic()
          .doc("Checkpoint of the SuperTransformer to inherit from, with init supernet");

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
        : "One SubTransformer is trained with --train-subtransformer. The same command continues an"
            + " interrupted training.";
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
    List<Setting<?>> settings = new ArrayList<>(DataFolder.settings());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(ModelSettings.settings());
    settings.add(ArchitectureFeatures.FEATURE_NORM);
    settings.addAll(TrainingSettings.settings());
    settings.add(PipelineSettings.NUM_GPUS);
    settings.add(PipelineSettings.DISTRIBUTED_TIMEOUT);
    settings.addAll(List.of(SAVE_DIR, SANDWICH_RULE, TRAIN_SUBTRANSFORMER, INIT, RESTORE_FILE));
    return settings;
  }

  @Override
  public List<Path> products(Settings settings) {
    return List.of(settings.get(SAVE_DIR).resolve(Checkpoint.BEST));
  }

  @Override
  public Set<Setting<?>> undecisive(Settings settings) {
    if (single(settings)) {
      return Set.of(TrainingSettings.MAX_UPDATE, TrainingSettings.WARMUP_UPDATES);
    }
    Set<Setting<?>> of = new HashSet<>(SubTransformerFile.settings());
    of.addAll(List.of(TrainingSettings.SUB_MAX_UPDATE, TrainingSettings.SUB_WARMUP_UPDATES));
    of.addAll(List.of(INIT, RESTORE_FILE));
    return of;
  }

  @Override
  public Set<Setting<?>> extendable(boolean finished) {
    return finished
        ? Set.of()
        : Set.of(TrainingSettings.MAX_UPDATE, TrainingSettings.SUB_MAX_UPDATE);
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of("train", "valid");
  }

  private boolean single(Settings settings) {
    return subTransformer || settings.get(TRAIN_SUBTRANSFORMER);
  }

  @Override
  public ObjectNode run(Settings settings) {
    boolean single = single(settings);
    Optional<Launch> launch = LocalRanks.place();
    if (launch.isEmpty() && LocalRanks.of(settings) > 1) {
      return new LocalRanks(name(), settings).run();
    }
    Machine machine = Machine.setUp(settings, launch);
    int timeout = settings.get(PipelineSettings.DISTRIBUTED_TIMEOUT);
    return Ranks.together(
        launch, machine.device(), timeout, ranks -> run(settings, single, machine, ranks));
  }

  /** Trains one SubTransformer in this process, whatever others there are. */
  static ObjectNode alone(Settings settings, Machine machine) {
    return run(settings, true, machine, Ranks.single());
  }

  private static ObjectNode run(Settings settings, boolean single, Machine machine, Ranks ranks) {
    TrainingConfig training = TrainingSettings.fromSettings(settings, single, machine.precision());
    if (training.gradients().distillation().active() && !settings.get(SANDWICH_RULE)) {
      throw settings.error(
          TrainingSettings.DISTILL, "none without sandwich-rule: nobody is there to teach");
    }
    DataFolder data = DataFolder.open(settings);
    SubTransformer architecture = single ? SubTransformerFile.fromSettings(settings) : null;
    try (SuperTransformer model =
            single
                ? single(settings, data, architecture, machine.device())
                : supernet(settings, data, machine.device());
        ParallelCorpus train = data.split("train");
        ParallelCorpus valid = data.split("valid")) {
      SearchSpace space = single ? null : SearchSpaceSettings.space(settings);
      ArchitectureSchedule schedule =
          single
              ? ArchitectureSchedule.single(architecture)
              : ArchitectureSchedule.supernet(space, settings.get(SANDWICH_RULE), training.seed());
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
      Path folder = settings.get(SAVE_DIR);
      if (!ranks.first()) {
        Trainer trainer =
            new Trainer(
                model, schedule, description, training, folder, TrainingListener.SILENT, ranks);
        return TrainingFigures.of(trainer.run(train, valid), model, folder);
      }
      try (FolderLock lock = FolderLock.of(folder);
          TrainingProgress progress =
              new TrainingProgress(single ? "SubTransformer" : "SuperTransformer")) {
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
    return single && settings.get(INIT).equals("supernet")
        ? settings.find(RESTORE_FILE)
        : Optional.empty();
  }

  private static SuperTransformer supernet(Settings settings, DataFolder data, Device device) {
    SearchSpace space = SearchSpaceSettings.space(settings);
    return initialised(config(settings, space, data), settings, device);
  }

  private static ModelConfig config(Settings settings, SearchSpace space, DataFolder data) {
    return ModelSettings.superTransformer(
        settings, space, data.sourceDictionary().size(), data.targetDictionary().size());
  }

  private static SuperTransformer initialised(
      ModelConfig config, Settings settings, Device device) {
    SuperTransformer model = new SuperTransformer(config, device, true);
    Initialization.initialise(
        model, Seeds.derive(settings.get(TrainingSettings.SEED), "initialisation"));
    return model;
  }

  private static SuperTransformer single(
      Settings settings, DataFolder data, SubTransformer architecture, Device device) {
    if (settings.get(INIT).equals("scratch")) {
      // A search space is optional here: without one the architecture is the whole model.
      ModelConfig config =
          SearchSpaceSettings.given(settings)
              ? config(settings, SearchSpaceSettings.space(settings), data)
              : config(settings, SearchSpace.of(architecture), data);
      return initialised(config.standalone(architecture), settings, device);
    }
    if (!settings.has(RESTORE_FILE)) {
      throw new ConfigurationException(
          "init supernet needs restore-file, the checkpoint of a SuperTransformer");
    }
    Path file = settings.get(RESTORE_FILE);
    try (Checkpoint checkpoint = Checkpoint.open(file);
        SuperTransformer supernet = checkpoint.model(device, false)) {
      checkpoint
          .description()
          .checkDictionaries(data.sourceDictionary(), data.targetDictionary(), file.toString());
      Checkpoints.inheriting(checkpoint.description(), settings);
      return supernet.materialise(architecture, true);
    }
  }

  @Override
  public String describe(ObjectNode figures) {
    return TrainingFigures.describe(figures);
  }
}
