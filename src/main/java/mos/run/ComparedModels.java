package mos.run;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import mos.results.ComparedModel;
import mos.results.ScoreFigures;
import mos.results.TranslationCostFigures;
import mos.results.TranslationFigures;
import mos.run.StageResults.Key;

/** The found SubTransformer beside the largest and a Transformer base, as far as a run has them. */
final class ComparedModels {
  private ComparedModels() {}

  /** By the names found, largest and base; null where nothing was compared. */
  static Map<String, ComparedModel> of(StageResults results) {
    Map<String, ComparedModel> all = new LinkedHashMap<>();
    add(all, "found", "final", Key.translations("final", "test"), results);
    add(all, "largest", "inherited", Key.translations("largest", "test"), results);
    add(all, "base", "final", Key.translations("base", "test"), results);
    return all.isEmpty() ? null : all;
  }

  private static void add(
      Map<String, ComparedModel> all,
      String name,
      String weights,
      Key<TranslationFigures> translated,
      StageResults results) {
    Optional<TranslationCostFigures> cost = results.find(Key.speed(name));
    Optional<TranslationFigures> translations = results.find(translated);
    if (cost.isEmpty() || translations.isEmpty()) {
      return;
    }
    ScoreFigures scores = translations.get().scores();
    all.put(
        name,
        new ComparedModel(
            weights,
            scores.bleu(),
            scores.sacrebleu(),
            scores.chrf2(),
            cost.get().latencyP50Ms(),
            cost.get().latencyP95Ms(),
            translations.get().speed().tokensPerSecond(),
            cost.get().peakMemoryMb(),
            cost.get().peakMemoryBatchesMb(),
            cost.get().params()));
  }
}
