package mos.docs;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import mos.data.ParallelCorpus;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.port.ExportedModel;
import mos.search.Constraint;
import mos.search.EvolutionConfig;
import mos.search.EvolutionarySearch;
import mos.search.Fitness;
import mos.search.SearchListener;
import mos.space.ModelCost;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Tensors;
import mos.train.Checkpoint;
import mos.train.Validator;

/** What docs/java.md shows next; LibraryExampleTest runs it. */
final class SearchExample {
  private SearchExample() {}

  // docs/java.md
  /** Exports the best SubTransformer with at most the FLOPs half-way to the largest. */
  static SubTransformer search(Path checkpoint, Path data, Path folder) {
    ParallelCorpus.LanguagePair languages = ParallelCorpus.languagePair(data);
    try (Checkpoint trained = Checkpoint.open(checkpoint);
        SuperTransformer supernet = trained.model(Tensors.cpu(), false);
        ParallelCorpus valid = ParallelCorpus.open(data, "valid", languages)) {
      SearchSpace space = trained.description().space();
      ModelConfig config = supernet.config();
      ModelCost cost =
          new ModelCost(
              config.qkvDim(),
              config.sourceVocabulary(),
              config.targetVocabulary(),
              config.shareAllEmbeddings());
      // of a sentence of 30 tokens on either side
      double least = cost.flops(space.smallest(), 30, 30) / 1e6;
      double most = cost.flops(space.largest(), 30, 30) / 1e6;
      Constraint limit =
          Constraint.of(a -> cost.flops(a, 30, 30) / 1e6, (least + most) / 2, "MFLOPs");
      Validator validator = new Validator(valid, 1000, 0.1, Precision.FP32);
      Fitness loss =
          all -> all.stream().mapToDouble(a -> validator.loss(supernet, a).loss()).toArray();
      // population, of which parents, mutated, crossed; mutation; iterations; tries; seed
      EvolutionConfig size = new EvolutionConfig(20, 4, 8, 8, 0.3, 5, 10_000, 1);
      SubTransformer best =
          new EvolutionarySearch(space, size, loss, limit, a -> Map.of())
              .run(SearchListener.NONE)
              .best()
              .architecture();
      try (SuperTransformer plain = supernet.materialise(best, false)) {
        ExportedModel.write(folder, trained.description(), plain, best, Optional.of(data));
      }
      return best;
    }
  }
  // docs/java.md
}
