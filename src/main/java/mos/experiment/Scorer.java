package mos.experiment;

import mos.beam.TranslationOptions;
import mos.data.ParallelCorpus;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.Compute;

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
    TokenBleu bleu = new TokenBleu(options, data, valid, sources, compute.precision());
    return (model, architecture) ->
        100 - bleu.bleu(bleu.sums(model, architecture, 0, 1, () -> false).orElseThrow());
  }
}
