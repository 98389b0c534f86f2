package mos.translation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.data.PreprocessListener;
import mos.data.PreprocessOptions;
import mos.data.Preprocessor;
import mos.data.TokenizerLists;
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

/** A model of random weights that reads and writes text, made in a second. */
public final class RandomModel {
  private static final String ENGLISH = "Foo. The cat's mat, at 11:00!\nDr. Who isn't (5) here.\n";
  private static final String FINNISH = "Kissan matto: EU:n klo 11:00!\nTri. Kuka (5) ei ole.\n";

  private RandomModel() {}

  /** Preprocesses two sentences, and exports a model of random weights with the data. */
  public static Path in(Path folder) throws IOException {
    Files.writeString(folder.resolve("t.en"), ENGLISH);
    Files.writeString(folder.resolve("t.fi"), FINNISH);
    Path list = Files.writeString(folder.resolve("list"), "Foo\n");
    Path patterns = Files.writeString(folder.resolve("patterns"), "\\d+:\\d+\n");
    Path data = folder.resolve("data");
    PreprocessOptions.DictionaryOptions all = new PreprocessOptions.DictionaryOptions(-1, 0, null);
    PreprocessOptions options =
        new PreprocessOptions(
            new ParallelCorpus.LanguagePair("en", "fi"),
            new PreprocessOptions.Inputs(folder.resolve("t"), List.of(), List.of()),
            data,
            new PreprocessOptions.Text(
                true,
                PreprocessOptions.Tokenizer.MOSES,
                20,
                null,
                false,
                new TokenizerLists(Map.of("en", list), Optional.of(patterns))),
            PreprocessOptions.Cleaning.NONE,
            new PreprocessOptions.Vocabulary(true, all, all, 8),
            1);
    new Preprocessor(options, new StandardText(), PreprocessListener.SILENT).run();
    Path exported = folder.resolve("model");
    export(folder, Optional.of(data), exported);
    return exported;
  }

  static void export(Path folder, Optional<Path> data, Path to) {
    Dictionary dictionary = Dictionary.load(folder.resolve("data/dict.en.txt"));
    StackSizes side = StackSizes.of(16, List.of(12));
    SubTransformer architecture =
        Plain.architecture(
            16, 16, List.of(12), List.of(2), List.of(12), List.of(2), List.of(2), List.of(1));
    ModelConfig config =
        new ModelConfig(
            dictionary.size(), dictionary.size(), true, side, side, 8, ExpertConfig.NONE);
    ModelDescription description =
        new ModelDescription(
            config, null, null, "en", "fi", dictionary.hash(), dictionary.hash(), Map.of());
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), false)) {
      Initialization.initialise(model, 3);
      try (SuperTransformer plain = model.materialise(architecture, false)) {
        ExportedModel.write(to, description, plain, architecture, data);
      }
    }
  }
}
