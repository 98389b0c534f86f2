package mos.command;

import java.nio.file.Files;
import java.nio.file.Path;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.Settings;
import mos.model.SuperTransformer;
import mos.port.ExportedModel;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.train.Checkpoint;
import mos.train.ModelDescription;
import org.bytedeco.pytorch.Device;

/** Models that commands read. */
final class Checkpoints {
  private Checkpoints() {}

  /**
   * A plain Transformer, ready to translate.
   *
   * @param model owned by this object
   * @param architecture what it is
   */
  record Plain(SuperTransformer model, SubTransformer architecture, ModelDescription description)
      implements AutoCloseable {
    @Override
    public void close() {
      model.close();
    }
  }

  /**
   * A model as it is: a SuperTransformer, or one SubTransformer.
   *
   * @param model owned by this object
   */
  record Whole(SuperTransformer model, ModelDescription description) implements AutoCloseable {
    @Override
    public void close() {
      model.close();
    }
  }

  /** The model of a checkpoint, or of an exported model's folder. */
  static Whole whole(Path file, Device device) {
    if (Files.isDirectory(file)) {
      ExportedModel exported = ExportedModel.load(file);
      return new Whole(exported.model(), exported.description());
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return new Whole(checkpoint.model(device, false), checkpoint.description());
    }
  }

  /**
   * Refuses a folder where only a SuperTransformer's checkpoint will do.
   *
   * @param setting that names it
   */
  static Path supernet(Settings settings, Setting<Path> setting) {
    Path file = settings.get(setting);
    if (Files.isDirectory(file)) {
      throw settings.error(
          setting, "the checkpoint of a SuperTransformer, such as checkpoint_best.safetensors");
    }
    return file;
  }

  /** The settings' SubTransformer, which must be one that the SuperTransformer was trained for. */
  static SubTransformer inheriting(ModelDescription supernet, Settings settings) {
    SubTransformer architecture = SubTransformerFile.fromSettings(settings);
    if (supernet.space() != null) {
      supernet.space().check(architecture, SubTransformerFile.where(settings));
    }
    return architecture;
  }

  /**
   * The SubTransformer of a checkpoint: of a SuperTransformer's, the one that the settings
   * describe, with inherited weights.
   */
  static Plain plain(Path file, Settings settings, Device device) {
    if (Files.isDirectory(file)) {
      ExportedModel exported = ExportedModel.load(file, device);
      return new Plain(exported.model(), exported.architecture(), exported.description());
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      ModelDescription description = checkpoint.description();
      if (description.architecture() != null) {
        return new Plain(checkpoint.model(device, false), description.architecture(), description);
      }
      if (!SubTransformerFile.given(settings)) {
        throw new ConfigurationException(
            file
                + " is a SuperTransformer: name the SubTransformer with --sub-configs FILE"
                + " (encoder-embed-dim-subtransformer, …)");
      }
      SubTransformer architecture = inheriting(description, settings);
      try (SuperTransformer supernet = checkpoint.model(device, false)) {
        return new Plain(supernet.materialise(architecture, false), architecture, description);
      }
    }
  }
}
