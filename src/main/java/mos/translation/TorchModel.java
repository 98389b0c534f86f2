package mos.translation;

import java.nio.file.Path;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.model.TransformerWeights;
import mos.port.ExportedModel;
import mos.tensor.Devices;
import mos.tensor.Scope;
import mos.train.ModelDescription;
import mos.translate.TorchTranslator;
import org.bytedeco.pytorch.Device;

/** A model that libtorch computes. */
final class TorchModel implements LoadedModel {
  private final ExportedModel model;
  private final Device device;

  /** Owns {@link #weights}. */
  private final Scope memory;

  private final TransformerWeights weights;

  private TorchModel(ExportedModel model, Device device) {
    this.model = model;
    this.device = device;
    // kept: threads other than this one use and free what is made here
    try (Scope making = Scope.open().kept()) {
      memory = making;
      weights = model.model().derive(model.architecture(), Devices.defaultPrecision(device));
    }
  }

  static TorchModel load(Path folder, String device) {
    Device place = Devices.of(device);
    Devices.use(place);
    ExportedModel model = ExportedModel.load(folder, place);
    try {
      return new TorchModel(model, place);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public ModelDescription description() {
    return model.description();
  }

  @Override
  public Translator translator(TranslationOptions options) {
    Devices.use(device);
    return new TorchTranslator(weights, options);
  }

  @Override
  public void close() {
    memory.close();
    model.close();
  }
}
