package mos.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.port.ExportedModel;
import mos.space.ModelCost;
import mos.space.SubTransformer;
import mos.train.Checkpoint;
import mos.train.ModelDescription;
import org.bytedeco.pytorch.Device;

/** Trained models: checkpoints, and folders of exported models. */
public final class Models {
  private Models() {}

  /**
   * A plain Transformer, ready to translate.
   *
   * @param model owned by this object
   * @param architecture what it is
   */
  public record Plain(
      SuperTransformer model, SubTransformer architecture, ModelDescription description)
      implements AutoCloseable {
    /** Number of parameters that the architecture has, without columns that it does not use. */
    long params() {
      ModelConfig config = model.config();
      return new ModelCost(
              config.qkvDim(),
              config.sourceVocabulary(),
              config.targetVocabulary(),
              config.shareAllEmbeddings(),
              Math.max(1, config.tokenTopK()))
          .parameters(architecture);
    }

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
  public record Whole(SuperTransformer model, ModelDescription description)
      implements AutoCloseable {
    @Override
    public void close() {
      model.close();
    }
  }

  /** The model of a checkpoint, or of an exported model's folder. */
  public static Whole whole(Path file, Device device) {
    if (Files.isDirectory(file)) {
      ExportedModel exported = ExportedModel.load(file);
      return new Whole(exported.model(), exported.description());
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return new Whole(checkpoint.model(device, false), checkpoint.description());
    }
  }

  /**
   * An architecture that somebody named.
   *
   * @param where who, for messages
   */
  public record Named(SubTransformer architecture, String where) {}

  /**
   * The architecture, which must be one that the SuperTransformer was trained for.
   *
   * @throws ConfigurationException for any other
   */
  public static SubTransformer inheriting(ModelDescription supernet, Named named) {
    if (supernet.space() != null) {
      supernet.space().check(named.architecture(), named.where());
    }
    return named.architecture();
  }

  /**
   * The SubTransformer of a checkpoint: of a SuperTransformer's, the named one, with inherited
   * weights.
   *
   * @throws ConfigurationException for a SuperTransformer without a named architecture, or with one
   *     that it was not trained for
   */
  public static Plain plain(Path file, Optional<Named> named, Device device) {
    if (Files.isDirectory(file)) {
      ExportedModel exported = ExportedModel.load(file, device);
      return new Plain(exported.model(), exported.architecture(), exported.description());
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      ModelDescription description = checkpoint.description();
      if (description.architecture() != null) {
        return new Plain(checkpoint.model(device, false), description.architecture(), description);
      }
      if (named.isEmpty()) {
        throw new ConfigurationException(
            file
                + " is a SuperTransformer: name the SubTransformer with --sub-configs FILE"
                + " (encoder-embed-dim-subtransformer, …)");
      }
      SubTransformer architecture = inheriting(description, named.get());
      try (SuperTransformer supernet = checkpoint.model(device, false)) {
        return new Plain(supernet.materialise(architecture, false), architecture, description);
      }
    }
  }
}
