package mos.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import mos.model.TransformerWeights;

/**
 * Translates any number of sentences: batches those of similar length, the longest first, so that a
 * lack of memory shows at once, and returns results in the order of the input.
 */
public final class Translator implements AutoCloseable {
  private final BeamSearch search;
  private final TranslationOptions options;

  /**
   * @param weights for inference; must outlive this translator
   */
  public Translator(TransformerWeights weights, TranslationOptions options) {
    this.search = new BeamSearch(weights, options.beam());
    this.options = options;
  }

  /**
   * Translates {@code sources}, each with its closing EOS.
   *
   * @return per source up to {@code nBest} hypotheses, the best first
   */
  public List<List<Hypothesis>> translate(List<int[]> sources) {
    return translate(sources, finished -> {});
  }

  /**
   * Translates {@code sources}, each with its closing EOS.
   *
   * @param progress told after every batch how many sentences are finished
   */
  public List<List<Hypothesis>> translate(List<int[]> sources, IntConsumer progress) {
    List<List<Hypothesis>> results = new ArrayList<>();
    sources.forEach(source -> results.add(null));
    int finished = 0;
    for (int[] batch : batches(sources)) {
      List<List<Hypothesis>> found =
          search.search(Arrays.stream(batch).mapToObj(sources::get).toList());
      for (int i = 0; i < batch.length; i++) {
        List<Hypothesis> nBest = found.get(i);
        results.set(batch[i], nBest.subList(0, Math.min(options.nBest(), nBest.size())));
      }
      finished += batch.length;
      progress.accept(finished);
    }
    return results;
  }

  /** Positions in {@code sources}, batch by batch. */
  List<int[]> batches(List<int[]> sources) {
    int[] order =
        IntStream.range(0, sources.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -sources.get(i).length))
            .mapToInt(Integer::intValue)
            .toArray();
    List<int[]> batches = new ArrayList<>();
    int start = 0;
    while (start < order.length) {
      int longest = Math.max(1, sources.get(order[start]).length);
      int size = Math.max(1, Math.min(options.batchSize(), options.maxTokens() / longest));
      int end = Math.min(order.length, start + size);
      batches.add(Arrays.copyOfRange(order, start, end));
      start = end;
    }
    return batches;
  }

  @Override
  public void close() {
    search.close();
  }
}
