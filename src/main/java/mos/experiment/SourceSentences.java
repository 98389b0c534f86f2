package mos.experiment;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import mos.base.MosException;
import mos.beam.BatchSearch;
import mos.beam.Hypothesis;
import mos.beam.Translator;
import mos.data.Dictionary;
import mos.data.InvalidSizes;
import mos.data.TokenCorpus;
import mos.model.SuperTransformer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sentences of a set as a model translates them. Nothing is made of an empty sentence; one that
 * is too long for a model ends the work before it begins, or is skipped if that is wanted.
 */
public final class SourceSentences {
  private static final Logger LOG = LoggerFactory.getLogger(SourceSentences.class);
  private static final int MAX_LENGTH = SuperTransformer.MAX_POSITIONS;

  /** As fairseq names it. */
  public static final String LIMITS = "max_positions=" + MAX_LENGTH;

  private final TokenCorpus corpus;
  private final List<Integer> rows = new ArrayList<>();
  private final InvalidSizes skipped;

  /**
   * @param name of the set, for messages
   * @param skip whether to go on without sentences that are too long
   * @throws MosException naming the first sentence that is too long
   */
  public SourceSentences(TokenCorpus corpus, String name, boolean skip) {
    this.corpus = corpus;
    skipped = InvalidSizes.of(corpus.size(), i -> !isReadable(corpus.length(i)), LIMITS);
    if (!skipped.isEmpty()) {
      if (!skip) {
        int first = skipped.first().get(0);
        throw new MosException(tooLong(first, corpus.length(first), "of " + name));
      }
      LOG.warn("{}: {}", name, skipped);
    }
    for (int i = 0; i < corpus.size(); i++) {
      if (isReadable(corpus.length(i))) {
        rows.add(i);
      }
    }
    if (rows.isEmpty() && corpus.size() > 0) {
      throw new MosException("none of the sentences of " + name + " can be translated: " + skipped);
    }
  }

  private SourceSentences(SourceSentences all, List<Integer> some) {
    this.corpus = all.corpus;
    this.skipped = all.skipped;
    this.rows.addAll(some);
  }

  /** Every {@code of}-th of them, from number {@code first}, counted from 0. */
  SourceSentences share(int first, int of) {
    List<Integer> some = new ArrayList<>();
    for (int i = first; i < rows.size(); i += of) {
      some.add(rows.get(i));
    }
    return new SourceSentences(this, some);
  }

  /** Whether a model can read a sentence of so many tokens, the closing EOS counted. */
  public static boolean isReadable(int length) {
    return length <= MAX_LENGTH;
  }

  /** What is said of a sentence that is too long. */
  public static String tooLong(int number, int length, String of) {
    return "sample #"
        + number
        + " (line "
        + (number + 1)
        + ") "
        + of
        + " has "
        + length
        + " source tokens with the end symbol, a model reads at most "
        + MAX_LENGTH
        + "; --"
        + "skip-invalid-size-inputs"
        + " goes on without such sentences";
  }

  /** Numbers of the sentences that are translated, from 0, in order. */
  public List<Integer> rows() {
    return rows;
  }

  /** The sentences that are not translated. */
  public InvalidSizes skipped() {
    return skipped;
  }

  /** Those of {@link #rows} that need the model, in order. */
  public List<int[]> asked() {
    return rows.stream().map(corpus::get).filter(s -> withoutModel(s).isEmpty()).toList();
  }

  /**
   * Tells those that need no model at once, and others as the model finds them.
   *
   * @param found told of each of {@link #rows}, by its place among them
   * @return told of each of {@link #asked}, by its place among those
   */
  public BatchSearch.Found found(BatchSearch.Found found) {
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < rows.size(); place++) {
      Optional<List<Hypothesis>> known = withoutModel(corpus.get(rows.get(place)));
      if (known.isPresent()) {
        found.nBest(place, known.get());
      } else {
        places.add(place);
      }
    }
    return (asked, nBest) -> found.nBest(places.get(asked), nBest);
  }

  /** Translates all that can be: for each of {@link #rows} its hypotheses, best first. */
  public List<List<Hypothesis>> translate(Translator translator) {
    List<List<Hypothesis>> all = new ArrayList<>(Collections.nCopies(rows.size(), List.of()));
    translator.translate(asked(), found(all::set));
    return all;
  }

  /** The translation of a sentence that needs no model: an empty one stays empty. */
  public static Optional<List<Hypothesis>> withoutModel(int[] source) {
    return source.length > 1
        ? Optional.empty()
        : Optional.of(List.of(new Hypothesis(new int[] {Dictionary.EOS}, 0, new float[] {0})));
  }
}
