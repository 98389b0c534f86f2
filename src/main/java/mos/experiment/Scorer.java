package mos.experiment;

import java.util.ArrayList;
import java.util.List;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.ParallelCorpus;
import mos.metrics.Bleu;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Scope;
import mos.translate.TorchTranslator;
import org.bytedeco.pytorch.AutoGradMode;

/** What an architecture is worth on a validation set; lower is better. */
@FunctionalInterface
public interface Scorer {
  /** The value of one architecture with the weights that it inherits from {@code model}. */
  double score(SuperTransformer model, SubTransformer architecture);

  /** 100 − BLEU of the translations of {@code sources}. */
  static Scorer bleu(
      TranslationOptions options,
      DataFolder data,
      ParallelCorpus valid,
      SourceSentences sources,
      Compute compute) {
    List<String> references = new ArrayList<>();
    for (int i : sources.rows()) {
      references.add(
          Bleu.splitCompounds(data.targetDictionary().reference(valid.target().get(i), true)));
    }
    return (model, architecture) -> {
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false);
          Translator translator =
              new TorchTranslator(model.derive(architecture, compute.precision()), options)) {
        List<String> found = new ArrayList<>();
        for (List<Hypothesis> nBest : sources.translate(translator)) {
          int[] best = nBest.isEmpty() ? new int[0] : nBest.get(0).tokens();
          found.add(Bleu.splitCompounds(data.targetDictionary().string(best, true)));
        }
        return 100 - Bleu.of(found, references).score();
      }
    };
  }
}
