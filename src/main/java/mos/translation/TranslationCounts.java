package mos.translation;

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

  TranslationCounts plus(int more, long read, long written) {
    return new TranslationCounts(
        batches + 1, sentences + more, sourceTokens + read, targetTokens + written);
  }
}
