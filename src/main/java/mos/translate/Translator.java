package mos.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import mos.model.TransformerWeights;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates any number of sentences, the longest first, so that a lack of memory shows at once,
 * and returns results in the order of the input: several together with {@link BatchSearch}, one
 * alone with {@link BeamSearch}, and so too those that a GPU's recorded steps are not made for.
 */
public final class Translator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Translator.class);

  /** Sentences of a batch of {@link BeamSearch}. */
  private static final int DEFAULT_BATCH = 128;

  private final BeamSearch search;
  private final BatchSearch together;
  private final TranslationOptions options;

  /** Why all sentences are for {@link BeamSearch}; null if they are not. */
  private final String obstacle;

  /**
   * @param weights for inference; must outlive this translator
   */
  public Translator(TransformerWeights weights, TranslationOptions options) {
    this.search = new BeamSearch(weights, options.beam());
    this.together =
        new BatchSearch(weights, options.beam(), options.batchSize(), options.maxTokens());
    this.options = options;
    this.obstacle = BatchSearch.obstacle(weights, options.beam());
    if (obstacle != null) {
      LOG.debug("translating without recorded steps: {}", obstacle);
    }
  }

  /**
   * Translates {@code sources}, each with its closing EOS.
   *
   * @return per source up to {@code nBest} hypotheses, the best first
   */
  public List<List<Hypothesis>> translate(List<int[]> sources) {
    List<List<Hypothesis>> results = new ArrayList<>(Collections.nCopies(sources.size(), null));
    translate(sources, results::set);
    return results;
  }

  /**
   * Translates {@code sources}, each with its closing EOS, and tells what it finds while it goes
   * on.
   *
   * @param found told of each source's up to {@code nBest} hypotheses, the best first, in the order
   *     in which they are finished; what it throws ends the work
   */
  public void translate(List<int[]> sources, BatchSearch.Found found) {
    BatchSearch.Found best =
        (sentence, nBest) ->
            found.nBest(sentence, nBest.subList(0, Math.min(options.nBest(), nBest.size())));
    if (sources.size() > 1 && options.batchSize() != 1 && obstacle == null) {
      int[] limits = sources.stream().mapToInt(s -> options.beam().maxLength(s.length)).toArray();
      together.search(sources, limits, best);
      return;
    }
    for (int[] batch : batches(sources)) {
      List<List<Hypothesis>> nBest =
          search.search(Arrays.stream(batch).mapToObj(sources::get).toList());
      for (int i = 0; i < batch.length; i++) {
        best.nBest(batch[i], nBest.get(i));
      }
    }
  }

  /** Positions in {@code sources}, batch by batch, for {@link BeamSearch}. */
  List<int[]> batches(List<int[]> sources) {
    int most = options.batchSize() == 0 ? DEFAULT_BATCH : options.batchSize();
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
      int size = Math.max(1, Math.min(most, options.maxTokens() / longest));
      int end = Math.min(order.length, start + size);
      batches.add(Arrays.copyOfRange(order, start, end));
      start = end;
    }
    return batches;
  }

  @Override
  public void close() {
    search.close();
    together.close();
  }
}
