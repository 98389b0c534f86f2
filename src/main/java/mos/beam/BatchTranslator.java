package mos.beam;

import java.util.List;

/** Translates with {@link BatchSearch}. */
public final class BatchTranslator implements Translator {
  private final TranslationOptions options;
  private final BatchSearch search;

  /**
   * @param model must outlive this translator
   */
  public BatchTranslator(BatchModel model, TranslationOptions options) {
    this.options = options;
    search = new BatchSearch(model, options.beam(), options.batchSize(), options.maxTokens());
  }

  @Override
  public void translate(List<int[]> sources, BatchSearch.Found found) {
    int[] limits = sources.stream().mapToInt(s -> options.beam().maxLength(s.length)).toArray();
    search.search(sources, limits, options.best(found));
  }

  @Override
  public void close() {
    search.close();
  }
}
