package mos.docs;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.config.Settings;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.ModelSettings;
import mos.model.SuperTransformer;
import mos.pipeline.AllSettings;
import mos.search.Constraint;
import mos.search.EvolutionSettings;
import mos.search.EvolutionarySearch;
import mos.search.SearchListener;
import mos.space.ModelCost;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.ArchitectureSchedule;
import mos.train.ModelDescription;
import mos.train.Trainer;
import mos.train.TrainingConfig;
import mos.train.TrainingListener;
import mos.train.TrainingSettings;
import mos.train.Validator;
import mos.translate.BeamOptions;
import mos.translate.TranslationOptions;
import mos.translate.Translator;

/** What docs/java.md shows; LibraryExampleTest runs it. */
final class LibraryExample {
  private LibraryExample() {}

  // docs/java.md
  /** Trains a SuperTransformer, finds the best within 2 MFLOPs, and translates with it. */
  static String findAndTranslate(Path yaml, Path data, Path out, String sentence) {
    Settings settings = Settings.load(List.of(yaml), Map.of(), AllSettings.known());
    SearchSpace space = SearchSpaceSettings.space(settings);
    ParallelCorpus.LanguagePair languages = new ParallelCorpus.LanguagePair("en", "de");
    try (ParallelCorpus train = ParallelCorpus.open(data, "train", languages);
        ParallelCorpus valid = ParallelCorpus.open(data, "valid", languages)) {
      Dictionary english = train.sourceDictionary();
      Dictionary german = train.targetDictionary();
      ModelConfig config =
          ModelSettings.superTransformer(settings, space, english.size(), german.size());
      try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), true)) {
        Initialization.initialise(model, 1);
        ArchitectureSchedule schedule = ArchitectureSchedule.supernet(space, true, 1);
        ModelDescription description =
            new ModelDescription(
                config, space, null, "en", "de", english.hash(), german.hash(), Map.of());
        TrainingConfig training = TrainingSettings.fromSettings(settings, false, Precision.FP32);
        new Trainer(model, schedule, description, training, out, TrainingListener.SILENT)
            .run(train, valid);

        ModelCost cost = new ModelCost(config.qkvDim(), english.size(), german.size(), true);
        Constraint flops = Constraint.of(a -> cost.flops(a, 30, 30) / 1e6, 2.0, "MFLOPs");
        Validator validator = new Validator(valid, 1000, 0.1, Precision.FP32);
        SubTransformer found =
            new EvolutionarySearch(
                    space,
                    EvolutionSettings.fromSettings(settings, 1),
                    all -> all.stream().mapToDouble(a -> validator.loss(model, a).loss()).toArray(),
                    flops,
                    a -> Map.of())
                .run(SearchListener.NONE)
                .best()
                .architecture();

        try (Scope scope = Scope.open()) {
          Translator translator =
              new Translator(
                  model.derive(found, Precision.FP32),
                  new TranslationOptions(BeamOptions.of(4, 0.6), 1, 8, 1000));
          int[] best =
              translator.translate(List.of(english.encode(sentence))).get(0).get(0).tokens();
          return german.string(best, true);
        }
      }
    }
  }
  // docs/java.md
}
