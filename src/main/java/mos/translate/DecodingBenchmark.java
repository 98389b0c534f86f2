package mos.translate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.Dictionary;
import mos.model.TransformerWeights;
import org.bytedeco.pytorch.AutoGradMode;

/**
 * How fast a model translates many sentences: random ones of equal length into as many tokens.
 *
 * @param tokens of every source and every translation, the end symbol included, at least 2
 * @param rounds sentences are so many times those of a batch
 */
public record DecodingBenchmark(int tokens, int rounds) {
  /**
   * What was measured.
   *
   * @param sentences translated
   * @param tokensPerSecond tokens of the best translations, from sources to hypotheses
   * @param stepMs by kind of work, each alone; empty where they cannot be measured
   */
  public record Speed(int sentences, double tokensPerSecond, Map<String, Double> stepMs) {}

  /**
   * Translates with libtorch, once to warm up, and once for the clock.
   *
   * @param batch sentences decoded together
   * @param maxTokens source tokens of an encoder pass
   */
  public Speed measure(TransformerWeights weights, int beam, int batch, int maxTokens) {
    TranslationOptions how = options(beam, batch, maxTokens);
    try (AutoGradMode off = new AutoGradMode(false);
        Translator translator = new TorchTranslator(weights, how)) {
      Speed speed = measure(translator, weights.config().sourceVocabulary(), batch);
      return new Speed(
          speed.sentences(), speed.tokensPerSecond(), stepMs(weights, how.beam(), batch));
    }
  }

  /** How the sentences are to be translated: all of them in as many steps as they have tokens. */
  public TranslationOptions options(int beam, int batch, int maxTokens) {
    BeamOptions options = new BeamOptions(beam, 0.6, true, 0, tokens - 1, tokens - 1, 0, 0);
    return new TranslationOptions(options, 1, batch, maxTokens);
  }

  /**
   * Translates once to warm up, and once for the clock.
   *
   * @param translator with {@link #options}
   * @param vocabulary symbols of the source
   */
  public Speed measure(Translator translator, int vocabulary, int batch) {
    List<int[]> sources = sentences(vocabulary, rounds * batch);
    translator.translate(sources.subList(0, Math.min(sources.size(), 2 * batch)));
    long start = System.nanoTime();
    List<List<Hypothesis>> found = translator.translate(sources);
    double seconds = (System.nanoTime() - start) / 1e9;
    long made = found.stream().mapToLong(nBest -> nBest.get(0).tokens().length).sum();
    return new Speed(sources.size(), made / seconds, Map.of());
  }

  private Map<String, Double> stepMs(TransformerWeights weights, BeamOptions options, int batch) {
    Map<String, Double> times = new LinkedHashMap<>();
    if (new TorchBatchModel(weights).obstacle(options) == null) {
      new StepTimes(weights, options.beam(), batch, tokens)
          .measure()
          .forEach((kind, ms) -> times.put(kind.name().toLowerCase(Locale.ROOT), ms));
    }
    return times;
  }

  private List<int[]> sentences(int vocabulary, int count) {
    SplittableRandom random = new SplittableRandom(1);
    List<int[]> sentences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] sentence = random.ints(tokens, Dictionary.SPECIALS, vocabulary).toArray();
      sentence[tokens - 1] = Dictionary.EOS;
      sentences.add(sentence);
    }
    return sentences;
  }
}
