package mos.command;

import java.nio.file.Path;
import mos.base.ConfigurationException;
import mos.base.Seeds;
import mos.command.settings.FileSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.experiment.Models;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.train.Checkpoint;
import org.bytedeco.pytorch.Device;

/** The model that a training begins with. */
final class StartingModel {
  private StartingModel() {}

  /** A SuperTransformer, initialised. */
  static SuperTransformer supernet(Settings settings, DataFolder data, Device device) {
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
        model, Seeds.derive(settings.get(MachineSettings.SEED), "initialisation"));
    return model;
  }

  /** One SubTransformer, initialised or with inherited weights. */
  static SuperTransformer single(
      Settings settings, DataFolder data, SubTransformer architecture, Device device) {
    if (settings.get(TrainingSettings.INIT).equals("scratch")) {
      // A search space is optional here: without one the architecture is the whole model.
      ModelConfig config =
          SearchSpaceSettings.given(settings)
              ? config(settings, SearchSpaceSettings.space(settings), data)
              : config(settings, SearchSpace.of(architecture), data);
      return initialised(config.standalone(architecture), settings, device);
    }
    if (!settings.has(FileSettings.RESTORE_FILE)) {
      throw new ConfigurationException(
          "init supernet needs restore-file, the checkpoint of a SuperTransformer");
    }
    Path file = FileSettings.supernet(settings, FileSettings.RESTORE_FILE);
    try (Checkpoint checkpoint = Checkpoint.open(file);
        SuperTransformer supernet = checkpoint.model(device, false)) {
      data.check(checkpoint.description(), file.toString());
      Models.inheriting(
          checkpoint.description(), FileSettings.architecture(settings).orElseThrow());
      return supernet.materialise(architecture, true);
    }
  }
}
