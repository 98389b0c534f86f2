package mos.translation;

import java.nio.file.Path;
import mos.base.ConfigurationException;
import mos.beam.BatchTranslator;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.host.Host;
import mos.onnx.OnnxBatchModel;
import mos.onnx.OnnxModel;
import mos.port.OnnxExport;
import mos.train.ModelDescription;

/** A model that ONNX Runtime computes, on the CPU and without libtorch. */
record OnnxRuntimeModel(ModelDescription description, OnnxModel model, int threads)
    implements LoadedModel {

  static OnnxRuntimeModel load(Path folder, String device) {
    if (!device.matches("auto|cpu")) {
      throw new ConfigurationException(
          "device: got "
              + device
              + ", but "
              + folder
              + " is for ONNX Runtime on the CPU, need cpu or auto");
    }
    int threads = Host.physicalCores();
    ModelDescription description = OnnxExport.description(folder);
    return new OnnxRuntimeModel(description, OnnxModel.open(folder, threads), threads);
  }

  @Override
  public Translator translator(TranslationOptions options) {
    return new BatchTranslator(new OnnxBatchModel(model, threads), options);
  }

  @Override
  public void close() {
    model.close();
  }
}
