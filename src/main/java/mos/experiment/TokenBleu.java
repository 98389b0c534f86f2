package mos.experiment;

import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.ParallelCorpus;
import mos.metrics.Bleu;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.train.ValidationTranslations;
import mos.translate.TorchTranslator;
import org.bytedeco.pytorch.AutoGradMode;

/**
 * BLEU on tokens of the translations of a set, hyphenated compounds split.
 *
 * @param options of the translations
 * @param data whose dictionaries the set has
 * @param sources of the set
 */
record TokenBleu(
    TranslationOptions options,
    DataFolder data,
    ParallelCorpus set,
    SourceSentences sources,
    Precision precision)
    implements ValidationTranslations {
  private static final Bleu.Metric METRIC = new Bleu.Metric(false, true);

  /** Ends a translation that nobody waits for. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  @Override
  public Optional<double[]> sums(
      SuperTransformer model,
      SubTransformer architecture,
      int rank,
      int ranks,
      BooleanSupplier stopped) {
    SourceSentences share = sources.share(rank, ranks);
    double[] sums = new double[length()];
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false);
        Translator translator =
            new TorchTranslator(model.derive(architecture, precision), options)) {
      translator.translate(
          share.asked(),
          share.found(
              (place, nBest) -> {
                if (stopped.getAsBoolean()) {
                  throw new Stopped();
                }
                add(sums, share.rows().get(place), nBest);
              }));
    } catch (Stopped asked) {
      return Optional.empty();
    }
    return Optional.of(sums);
  }

  private void add(double[] sums, int row, List<Hypothesis> nBest) {
    int[] best = nBest.isEmpty() ? new int[0] : nBest.get(0).tokens();
    double[] one =
        METRIC.statistics(
            data.targetDictionary().string(best, true),
            List.of(data.targetDictionary().reference(set.target().get(row), true)));
    for (int i = 0; i < sums.length; i++) {
      sums[i] += one[i];
    }
  }

  @Override
  public int length() {
    return METRIC.statistics("", List.of("")).length;
  }

  @Override
  public double bleu(double[] sums) {
    return METRIC.score(sums);
  }
}
