package mos.experiment;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import mos.beam.Hypothesis;
import mos.beam.Translator;
import mos.data.ParallelCorpus;
import mos.model.SuperTransformer;
import mos.results.QualityFigures;
import mos.results.ScoreFigures;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Scope;
import mos.train.Validator;
import mos.translate.TorchTranslator;
import org.bytedeco.pytorch.AutoGradMode;

/**
 * By what models are judged: always by the loss, and by BLEU, sacreBLEU and chrF2 of their
 * translations where these are made.
 *
 * @param loss how it is measured
 * @param translations how they are made; empty for none
 */
public record Quality(Scoring.Loss loss, Optional<Scoring.Bleu> translations) {
  /** The loss alone, with HAT's label smoothing. */
  public static final Quality LOSS = new Quality((Scoring.Loss) Scoring.loss(), Optional.empty());

  /** A measure: its name in results, and whether more of it is better. */
  record Measure(String name, boolean higherIsBetter, Function<QualityFigures, Double> value) {
    /** The measures; those of translations are missing where none were made. */
    static final List<Measure> ALL =
        List.of(
            new Measure("loss", false, QualityFigures::loss),
            new Measure("bleu", true, QualityFigures::bleu),
            new Measure("sacrebleu", true, QualityFigures::sacrebleu),
            new Measure("chrf2", true, QualityFigures::chrf2));
  }

  /** Judges models. */
  @FunctionalInterface
  interface Judge {
    /** What an architecture is worth with the weights that it inherits from {@code model}. */
    QualityFigures of(SuperTransformer model, SubTransformer architecture);
  }

  /**
   * Prepares a set.
   *
   * @param subset name of {@code valid} in the folder
   */
  Judge open(DataFolder data, ParallelCorpus valid, String subset, Compute compute) {
    Validator validator =
        new Validator(valid, loss.maxTokens(), loss.labelSmoothing(), compute.precision());
    Optional<SourceSentences> sources =
        translations.map(t -> new SourceSentences(valid.source(), subset, t.skipInvalid()));
    return (model, architecture) -> {
      double nats = validator.loss(model, architecture).loss();
      ScoreFigures scores =
          sources
              .map(some -> scores(some, data, valid, subset, compute, model, architecture))
              .orElse(ScoreFigures.NONE);
      return new QualityFigures(nats, scores.bleu(), scores.sacrebleu(), scores.chrf2());
    };
  }

  private ScoreFigures scores(
      SourceSentences sources,
      DataFolder data,
      ParallelCorpus valid,
      String subset,
      Compute compute,
      SuperTransformer model,
      SubTransformer architecture) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false);
        TranslationText text = new TranslationText(data, valid, subset, sources.rows());
        Translator translator =
            new TorchTranslator(
                model.derive(architecture, compute.precision()),
                translations.orElseThrow().options())) {
      List<List<Hypothesis>> found = sources.translate(translator);
      for (int place = 0; place < found.size(); place++) {
        text.add(place, found.get(place));
      }
      return text.all().scores();
    }
  }
}
