package mos.experiment;

import java.nio.file.Path;
import mos.base.Seeds;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.train.Checkpoint;
import org.bytedeco.pytorch.Device;

/** The weights that the training of one SubTransformer begins with. */
public sealed interface StartingWeights {
  /**
   * Random ones.
   *
   * @param supernet the SuperTransformer that the architecture is cut from; the sizes of its
   *     dictionaries are those of the data
   */
  record Random(ModelConfig supernet) implements StartingWeights {}

  /**
   * Those that the architecture inherits.
   *
   * @param checkpoint of a SuperTransformer that was trained for it
   */
  record Inherited(Path checkpoint) implements StartingWeights {}

  /**
   * The model that a training begins with, whose caller closes it.
   *
   * @param seed of the training
   * @throws mos.base.ConfigurationException for an architecture that the SuperTransformer does not
   *     hold, or for other dictionaries than its own
   */
  default SuperTransformer model(Models.Named named, long seed, DataFolder data, Device device) {
    SubTransformer architecture = named.architecture();
    if (this instanceof Random random) {
      return initialised(random.supernet().standalone(architecture), seed, data, device);
    }
    Path file = ((Inherited) this).checkpoint();
    try (Checkpoint checkpoint = Checkpoint.open(file);
        SuperTransformer supernet = checkpoint.model(device, false)) {
      data.check(checkpoint.description(), file.toString());
      return supernet.materialise(Models.inheriting(checkpoint.description(), named), true);
    }
  }

  /** A model with random weights for the dictionaries of the data. */
  static SuperTransformer initialised(
      ModelConfig config, long seed, DataFolder data, Device device) {
    ModelConfig sized =
        config.withVocabularies(data.sourceDictionary().size(), data.targetDictionary().size());
    SuperTransformer model = new SuperTransformer(sized, device, true);
    Initialization.initialise(model, Seeds.derive(seed, "initialisation"));
    return model;
  }
}
