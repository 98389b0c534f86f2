package mos.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import mos.beam.BatchSearch;
import mos.beam.BatchTranslator;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.model.TransformerWeights;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates any number of sentences with libtorch, the longest first, so that a lack of memory
 * shows at once, and returns results in the order of the input: several together with {@link
 * BatchSearch}, one alone with {@link BeamSearch}, and so too those that a GPU's recorded steps are
 * not made for.
 */
public final class TorchTranslator implements Translator {
  private static final Logger LOG = LoggerFactory.getLogger(TorchTranslator.class);

  /** Sentences of a batch of {@link BeamSearch}. */
  private static final int DEFAULT_BATCH = 128;

  private final BeamSearch search;
  private final BatchTranslator together;
  private final TranslationOptions options;

  /** Why all sentences are for {@link BeamSearch}; null if they are not. */
  private final String obstacle;

  /**
   * @param weights for inference; must outlive this translator
   */
  public TorchTranslator(TransformerWeights weights, TranslationOptions options) {
    this.search = new BeamSearch(weights, options.beam());
    TorchBatchModel model = new TorchBatchModel(weights);
    this.together = new BatchTranslator(model, options);
    this.options = options;
    this.obstacle = model.obstacle(options.beam());
    if (obstacle != null) {
      LOG.debug("translating without recorded steps: {}", obstacle);
    }
  }

  @Override
  public void translate(List<int[]> sources, BatchSearch.Found found) {
    if (sources.size() > 1 && options.batchSize() != 1 && obstacle == null) {
      together.translate(sources, found);
      return;
    }
    BatchSearch.Found best = options.best(found);
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
