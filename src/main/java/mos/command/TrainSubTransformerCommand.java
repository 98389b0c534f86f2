package mos.command;

import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.command.settings.FileSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Models;
import mos.experiment.StartingWeights;
import mos.experiment.SubTransformerTraining;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/** Trains one SubTransformer. The same call continues an interrupted training. */
public final class TrainSubTransformerCommand extends TrainingCommand {
  @Override
  public String name() {
    return "train-subtransformer";
  }

  @Override
  public String description() {
    return "It begins from random weights or, with --init supernet, from inherited ones. The same"
        + " command continues an interrupted training.";
  }

  @Override
  public String example() {
    return "train-subtransformer --configs configs/tasks/sample.yml --sub-configs arch.yml"
        + " --data data --init supernet --restore-file supernet/checkpoint_best.safetensors";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = settings(true);
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(List.of(TrainingSettings.INIT, FileSettings.RESTORE_FILE));
    return settings;
  }

  @Override
  public Map<String, Setting<?>> publishedNames() {
    return TrainingSettings.PUBLISHED_OF_SUBTRANSFORMERS;
  }

  @Override
  public void check(Settings settings) {
    settings.refuseOthers(settings(), name() + " does not read it");
    TrainingSettings.of(settings, true);
  }

  @Override
  public SubTransformerTraining experiment(Settings settings) {
    SubTransformer architecture = SubTransformerFile.fromSettings(settings);
    return new SubTransformerTraining(
        new Models.Named(architecture, SubTransformerFile.where(settings)),
        weights(settings, architecture),
        TrainingSettings.setup(settings, true, settings.get(FileSettings.SAVE_DIR)));
  }

  private static StartingWeights weights(Settings settings, SubTransformer architecture) {
    if (settings.get(TrainingSettings.INIT).equals("scratch")) {
      // A search space is optional here: without one the architecture is the whole model.
      SearchSpace space =
          SearchSpaceSettings.given(settings)
              ? SearchSpaceSettings.space(settings)
              : SearchSpace.of(architecture);
      return new StartingWeights.Random(ModelSettings.anyVocabulary(settings, space));
    }
    if (!settings.has(FileSettings.RESTORE_FILE)) {
      throw new ConfigurationException(
          "init supernet needs restore-file, the checkpoint of a SuperTransformer");
    }
    return new StartingWeights.Inherited(
        FileSettings.supernet(settings, FileSettings.RESTORE_FILE));
  }
}
