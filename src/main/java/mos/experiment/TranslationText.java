package mos.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import mos.base.LineReader;
import mos.base.MosException;
import mos.beam.Hypothesis;
import mos.data.ParallelCorpus;
import mos.translation.RawText;

/**
 * The text of translations, sources and references. Other threads make it while the next sentences
 * are still translated; {@link #close} waits for them, so that the corpus may be closed after it.
 */
final class TranslationText implements AutoCloseable {
  /** An unknown word of a reference that is made of tokens: it shares no character with a word. */
  private static final String UNKNOWN_REFERENCE = "\u2047";

  static final String THREAD = "text";

  /** Sentences of one piece of work. */
  private static final int PIECE = 64;

  /** The text of a hypothesis. */
  private record Line(String tokens, String plain) {}

  private final ExecutorService threads;
  private final DataFolder data;
  private final ParallelCorpus corpus;
  private final String subset;
  private final List<Integer> rows;
  private final RawText text;
  private final List<Future<List<String>>> referenceTokens;
  private final List<Future<List<String>>> sources;
  private final List<Future<List<String>>> references;
  private final List<Future<Line>> lines;

  /**
   * Begins with sources and references.
   *
   * @param subset name of {@code corpus} in the folder
   * @param rows numbers of the sentences that are translated
   * @throws MosException where the kept raw text has another number of lines than the corpus
   */
  TranslationText(DataFolder data, ParallelCorpus corpus, String subset, List<Integer> rows) {
    this.data = data;
    this.corpus = corpus;
    this.subset = subset;
    this.rows = rows;
    this.text = data.rawText();
    List<String> rawSources = raw(data.sourceLanguage());
    List<String> rawReferences = raw(data.targetLanguage());
    int others = Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    threads = Executors.newFixedThreadPool(others, TranslationText::thread);
    lines = new ArrayList<>(Collections.nCopies(rows.size(), null));
    referenceTokens =
        begin(row -> data.targetDictionary().reference(corpus.target().get(row), true));
    sources =
        begin(
            row ->
                rawSources == null
                    ? plain(data.sourceDictionary().string(corpus.source().get(row), true))
                    : rawSources.get(row));
    references =
        begin(
            row ->
                rawReferences == null
                    ? plain(
                        data.targetDictionary()
                            .string(corpus.target().get(row), true, UNKNOWN_REFERENCE))
                    : rawReferences.get(row));
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, THREAD);
    thread.setDaemon(true);
    return thread;
  }

  /** The untokenised text that preprocessing kept; null: the tokens are joined. */
  private List<String> raw(String language) {
    Path kept = data.folder().resolve(subset + ".raw." + language);
    if (!Files.exists(kept)) {
      return null;
    }
    List<String> all = LineReader.all(kept);
    if (all.size() != corpus.size()) {
      throw new MosException(
          kept + ": got " + all.size() + " lines, need " + corpus.size() + ", one a sentence");
    }
    return all;
  }

  private String plain(String tokens) {
    return text.decode().apply(tokens);
  }

  /** A line of each row. */
  private List<Future<List<String>>> begin(IntFunction<String> line) {
    List<Future<List<String>>> pieces = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += PIECE) {
      List<Integer> some = rows.subList(from, Math.min(rows.size(), from + PIECE));
      Callable<List<String>> work = () -> some.stream().map(line::apply).toList();
      pieces.add(threads.submit(work));
    }
    return pieces;
  }

  /**
   * Takes a translation.
   *
   * @param place of the sentence among the rows
   * @param nBest the best first; empty where there is none
   */
  void add(int place, List<Hypothesis> nBest) {
    int[] best = nBest.isEmpty() ? new int[0] : nBest.get(0).tokens();
    lines.set(
        place,
        threads.submit(
            () -> {
              String tokens = data.targetDictionary().string(best, true);
              return new Line(tokens, plain(tokens));
            }));
  }

  /** All text, when every sentence was added. */
  Translations all() {
    List<Line> all = lines.stream().map(TranslationText::get).toList();
    return new Translations(
        joined(sources),
        all.stream().map(Line::tokens).toList(),
        joined(referenceTokens),
        all.stream().map(Line::plain).toList(),
        joined(references));
  }

  private static List<String> joined(List<Future<List<String>>> pieces) {
    return pieces.stream().flatMap(piece -> get(piece).stream()).toList();
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new MosException("the text of translations cannot be made: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while text was made", e);
    }
  }

  /** Drops what has not begun and waits for the rest, which reads the corpus. */
  @Override
  public void close() {
    threads.shutdownNow();
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        threads.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
