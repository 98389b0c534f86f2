package mos.translation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import mos.base.MosException;
import mos.beam.BatchSearch;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.model.TransformerWeights;
import mos.port.ExportedModel;
import mos.tensor.Devices;
import mos.tensor.Scope;
import mos.train.ModelDescription;
import mos.translate.TorchTranslator;
import org.bytedeco.pytorch.Device;

/**
 * A model that {@code mos export --data DATA} wrote, ready to translate raw text.
 *
 * <pre>{@code
 * try (TranslationModel model = TranslationModel.load(Path.of("model"))) {
 *   System.out.println(model.translate("Good morning.").text());
 * }
 * }</pre>
 *
 * <p>Text is prepared as the data were that the model was trained on: normalised, tokenised, split
 * by BPE, and joined again. A model of data that other tools made takes and gives their tokens.
 *
 * <p>Safe for use by several threads: what they ask for at the same time is translated together.
 */
public final class TranslationModel implements AutoCloseable {
  private static final int BATCH_SENTENCES = 64;
  private static final int BATCH_TOKENS = 4096;

  /** Lines that {@link #translate(Stream, TextOptions)} takes at a time, and how often ahead. */
  private static final int STREAM_LINES = 64;

  private static final int STREAM_AHEAD = 4;

  private final Device device;
  private final ExportedModel model;
  private final Dictionary source;
  private final Dictionary target;
  private final RawText text;
  private final LineCutter lines;
  private final TranslationQueue queue;

  /** Owns {@link #weights}. */
  private final Scope memory;

  private final TransformerWeights weights;

  private boolean closed;

  private TranslationModel(Path folder, ExportedModel model, Device device) {
    this.model = model;
    this.device = device;
    ModelDescription description = model.description();
    source = dictionary(folder, description.sourceLanguage());
    target = dictionary(folder, description.targetLanguage());
    description.checkDictionaries(source, target, folder.toString());
    text = RawText.of(folder, description.sourceLanguage(), description.targetLanguage());
    // kept: threads other than this one use and free what is made here
    try (Scope making = Scope.open().kept()) {
      memory = making;
      weights = model.model().derive(model.architecture(), Devices.defaultPrecision(device));
    }
    lines = new LineCutter(text, source, sourceLanguage(), targetLanguage());
    queue = new TranslationQueue(new OnDevice());
  }

  /** What the queue's thread works with. */
  private final class OnDevice implements TranslationQueue.Model {
    /** For the beam of the last call; null before the first and after the end. */
    private Translator translator;

    private BeamOptions last;

    @Override
    public void translate(List<int[]> sentences, BeamOptions beam, BatchSearch.Found found) {
      if (!beam.equals(last)) {
        close();
        Devices.use(device);
        translator =
            new TorchTranslator(
                weights, new TranslationOptions(beam, beam.beam(), BATCH_SENTENCES, BATCH_TOKENS));
        last = beam;
      }
      translator.translate(sentences, found);
    }

    @Override
    public void close() {
      if (translator != null) {
        translator.close();
        translator = null;
        last = null;
      }
    }
  }

  /**
   * Loads a folder on the GPU where there is one, else on the CPU; see {@link #load(Path, String)}.
   */
  public static TranslationModel load(Path folder) {
    return load(folder, "auto");
  }

  /**
   * Loads a folder.
   *
   * @param folder that {@code mos export} wrote with {@code --data}
   * @param device cpu, cuda, cuda:N or auto
   * @return owned by the caller
   * @throws MosException naming the file that is missing, damaged or does not fit the others
   * @throws mos.base.ConfigurationException for another device
   */
  public static TranslationModel load(Path folder, String device) {
    if (!Files.isDirectory(folder)) {
      throw new MosException(folder + ": no such folder; `mos export` writes a model's");
    }
    Device place = Devices.of(device);
    Devices.use(place);
    ExportedModel model = ExportedModel.load(folder, place);
    try {
      return new TranslationModel(folder, model, place);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static Dictionary dictionary(Path folder, String language) {
    Path file = folder.resolve("dict." + language + ".txt");
    if (!Files.exists(file)) {
      throw new MosException(
          folder + ": has no " + file.getFileName() + "; export the model with --data");
    }
    return ParallelCorpus.dictionary(folder, language);
  }

  /** The code of the language it reads, such as en. */
  public String sourceLanguage() {
    return model.description().sourceLanguage();
  }

  /** The code of the language it writes. */
  public String targetLanguage() {
    return model.description().targetLanguage();
  }

  /** What was translated until now, by all callers. */
  public TranslationCounts counts() {
    return queue.counts();
  }

  /** Translates one line; see {@link #translate(List, TextOptions)}. */
  public Translation translate(String line) {
    return translate(List.of(line)).get(0);
  }

  /** Translates lines with {@link TextOptions#DEFAULTS}. */
  public List<Translation> translate(List<String> lines) {
    return translate(lines, TextOptions.DEFAULTS);
  }

  /**
   * Translates lines, together with what other threads ask for with the same beam.
   *
   * @param lines raw text; a blank one comes back as it is, one that is too long is treated as the
   *     options say
   * @return as many, in the same order
   * @throws MosException when the thread is interrupted, or memory does not suffice
   * @throws IllegalStateException after {@link #close}
   */
  public List<Translation> translate(List<String> lines, TextOptions options) {
    CompletableFuture<List<Translation>> all = translateAsync(lines, options);
    try {
      return all.get();
    } catch (InterruptedException e) {
      all.cancel(true);
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while text was translated", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /**
   * Begins to translate lines, as {@link #translate(List, TextOptions)} does.
   *
   * @return the translations; to cancel it drops what has not begun
   */
  public CompletableFuture<List<Translation>> translateAsync(
      List<String> lines, TextOptions options) {
    List<TextLine> made = lines.stream().map(line -> this.lines.line(line, options)).toList();
    CompletableFuture<List<List<Hypothesis>>> asked =
        queue.add(made.stream().flatMap(line -> line.pieces().stream()).toList(), options.beam());
    CompletableFuture<List<Translation>> all =
        asked.thenApplyAsync(found -> translations(made, found, options.nBest()));
    all.whenComplete(
        (done, failure) -> {
          if (all.isCancelled()) {
            asked.cancel(true);
          }
        });
    return all;
  }

  private List<Translation> translations(
      List<TextLine> lines, List<List<Hypothesis>> found, int nBest) {
    List<Translation> all = new ArrayList<>();
    int from = 0;
    for (TextLine line : lines) {
      int to = from + line.pieces().size();
      all.add(line.translation(found.subList(from, to), text.write(), target, nBest));
      from = to;
    }
    return all;
  }

  private static RuntimeException failure(Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException known
        ? known
        : new MosException("text cannot be translated: " + cause.getMessage(), cause);
  }

  /** Translates lines as they come, with {@link TextOptions#DEFAULTS}. */
  public Stream<Translation> translate(Stream<String> lines) {
    return translate(lines, TextOptions.DEFAULTS);
  }

  /**
   * Translates lines as they come. Of any number of them no more than 256 are in memory: so many
   * are read before the first translation is asked for.
   *
   * @param lines raw text; closed with the result
   * @return as many, in the same order, one thread's
   */
  public Stream<Translation> translate(Stream<String> lines, TextOptions options) {
    Iterator<Translation> all =
        new TranslationStream(
            lines.iterator(), some -> translateAsync(some, options), STREAM_LINES, STREAM_AHEAD);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(all, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .onClose(lines::close);
  }

  /** Frees the memory, once all that was begun is translated. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      queue.close();
      memory.close();
      model.close();
    }
  }
}
