package mos.translation;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.data.Dictionary;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.port.ExportedModel;
import mos.space.Plain;
import mos.space.SubTransformer;
import mos.tensor.Tensors;
import mos.train.ModelDescription;

/** Exported models of random weights. */
final class RandomModel {
  private RandomModel() {}

  /**
   * Exports one.
   *
   * @param dictionary of both languages
   * @param data folder of the dictionaries and of what raw text needs
   */
  static void export(
      Dictionary dictionary, String source, String target, Optional<Path> data, Path to) {
    StackSizes side = StackSizes.of(16, List.of(12));
    SubTransformer architecture =
        Plain.architecture(
            16, 16, List.of(12), List.of(2), List.of(12), List.of(2), List.of(2), List.of(1));
    ModelConfig config =
        new ModelConfig(
            dictionary.size(), dictionary.size(), true, side, side, 8, ExpertConfig.NONE);
    ModelDescription description =
        new ModelDescription(
            config, null, null, source, target, dictionary.hash(), dictionary.hash(), Map.of());
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false)) {
      Initialization.initialise(model, 3);
      try (SuperTransformer plain = model.materialise(architecture, false)) {
        ExportedModel.write(to, description, plain, architecture, data);
      }
    }
  }
}
