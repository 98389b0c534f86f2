package mos.translation;

import java.util.List;
import mos.beam.Hypothesis;

/**
 * What a model has translated since it was loaded.
 *
 * @param batches that it was given
 * @param sentences in them; a line that was cut is several
 * @param sourceTokens with end symbols
 * @param targetTokens of the best translations, with end symbols
 */
public record TranslationCounts(
    long batches, long sentences, long sourceTokens, long targetTokens) {
  static final TranslationCounts NONE = new TranslationCounts(0, 0, 0, 0);

  static final TranslationCounts ONE_BATCH = new TranslationCounts(1, 0, 0, 0);

  /** One sentence. */
  static TranslationCounts of(int[] sentence, List<Hypothesis> nBest) {
    int written = nBest.isEmpty() ? 0 : nBest.get(0).tokens().length;
    return new TranslationCounts(0, 1, sentence.length, written);
  }

  TranslationCounts plus(TranslationCounts more) {
    return new TranslationCounts(
        batches + more.batches,
        sentences + more.sentences,
        sourceTokens + more.sourceTokens,
        targetTokens + more.targetTokens);
  }
}
