package mos.experiment;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import mos.base.ConfigurationException;
import mos.beam.BatchTranslator;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.distributed.Launch;
import mos.model.TransformerWeights;
import mos.onnx.OnnxBatchModel;
import mos.onnx.OnnxConfig;
import mos.onnx.OnnxFolder;
import mos.onnx.OnnxModel;
import mos.onnx.OnnxOptions;
import mos.port.OnnxExport;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Scope;
import mos.train.ModelDescription;
import mos.translate.TorchTranslator;

/**
 * A model that translates: which one, with which symbols, how and where.
 *
 * @param model a checkpoint, or the folder of an exported model
 * @param architecture the SubTransformer to take, of a SuperTransformer's checkpoint; else empty
 * @param data with the dictionaries it was trained with; the model's own folder where that has them
 * @param options of the search, and how many sentences go together
 * @param runtime what computes
 */
public record TranslatorChoice(
    Path model,
    Optional<Models.Named> architecture,
    DataSource data,
    TranslationOptions options,
    ComputeChoice compute,
    RuntimeChoice runtime) {

  /**
   * A model that is loaded.
   *
   * @param device where it translates, for people
   * @param compute empty where another runtime than libtorch computes
   * @param params number of its parameters; empty for a folder of another runtime
   */
  record Ready(
      DataFolder data,
      Translator translator,
      String device,
      Optional<Compute> compute,
      Optional<Long> params) {}

  /**
   * Loads the model, works with it and frees it.
   *
   * @param place of this process among others
   * @throws ConfigurationException where the data are not those that it was trained with, or have
   *     fewer target symbols than the beam, or the runtime does not have the model
   */
  <R> R use(Optional<Launch> place, Function<Ready, R> work) {
    if (OnnxFolder.concerns(model)) {
      OnnxConfig config = runtime.folder(model);
      DataFolder folder = checked(OnnxExport.description(model));
      RuntimeChoice.beside(compute);
      OnnxOptions how = new OnnxOptions(config.precision(), runtime.threads());
      return translating(OnnxModel.open(model, how.threads()), folder, how, Optional.empty(), work);
    }
    Optional<OnnxOptions> onnx = runtime.onnx();
    Compute here = (onnx.isPresent() ? RuntimeChoice.beside(compute) : compute).setUp(place);
    try (Scope scope = Scope.open();
        Models.Plain plain = Models.plain(model, architecture, here.device())) {
      DataFolder folder = checked(plain.description());
      TransformerWeights weights = plain.model().derive(plain.architecture(), here.precision());
      if (onnx.isPresent()) {
        Optional<Long> params = Optional.of(plain.params());
        return translating(OnnxExport.open(weights, onnx.get()), folder, onnx.get(), params, work);
      }
      try (Translator translator = new TorchTranslator(weights, options)) {
        return work.apply(
            new Ready(
                folder,
                translator,
                Devices.describe(here.device()),
                Optional.of(here),
                Optional.of(plain.params())));
      }
    }
  }

  private <R> R translating(
      OnnxModel opened,
      DataFolder folder,
      OnnxOptions how,
      Optional<Long> params,
      Function<Ready, R> work) {
    try (OnnxModel all = opened;
        Translator translator =
            new BatchTranslator(new OnnxBatchModel(all, how.threads()), options)) {
      return work.apply(new Ready(folder, translator, "cpu", Optional.empty(), params));
    }
  }

  private DataFolder checked(ModelDescription description) {
    DataFolder folder = folder(description);
    folder.check(description, model.toString());
    int symbols = folder.targetDictionary().size();
    if (options.beam().beam() > symbols) {
      throw new ConfigurationException(
          "beam: got "
              + options.beam().beam()
              + ", must be at most "
              + symbols
              + ", the model's target symbols");
    }
    return folder;
  }

  private DataFolder folder(ModelDescription description) {
    return data.folder().equals(model)
        ? DataFolder.ofModel(model, description, data)
        : DataFolder.open(data);
  }
}
