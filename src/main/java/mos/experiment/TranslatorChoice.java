package mos.experiment;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import mos.base.ConfigurationException;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.distributed.Launch;
import mos.tensor.Compute;
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
 */
public record TranslatorChoice(
    Path model,
    Optional<Models.Named> architecture,
    DataSource data,
    TranslationOptions options,
    ComputeChoice compute) {

  /**
   * A model that is loaded.
   *
   * @param params number of its parameters
   */
  record Ready(DataFolder data, Translator translator, Compute compute, long params) {}

  /**
   * Loads the model, works with it and frees it.
   *
   * @param place of this process among others
   * @throws ConfigurationException where the data are not those that it was trained with, or have
   *     fewer target symbols than the beam
   */
  <R> R use(Optional<Launch> place, Function<Ready, R> work) {
    Compute here = compute.setUp(place);
    try (Scope scope = Scope.open();
        Models.Plain plain = Models.plain(model, architecture, here.device())) {
      DataFolder folder = folder(plain.description());
      folder.check(plain.description(), model.toString());
      int symbols = folder.targetDictionary().size();
      if (options.beam().beam() > symbols) {
        throw new ConfigurationException(
            "beam: got "
                + options.beam().beam()
                + ", must be at most "
                + symbols
                + ", the model's target symbols");
      }
      try (Translator translator =
          new TorchTranslator(
              plain.model().derive(plain.architecture(), here.precision()), options)) {
        return work.apply(new Ready(folder, translator, here, plain.params()));
      }
    }
  }

  private DataFolder folder(ModelDescription description) {
    return data.folder().equals(model)
        ? DataFolder.ofModel(model, description, data)
        : DataFolder.open(data);
  }
}
