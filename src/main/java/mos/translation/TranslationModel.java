package mos.translation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import mos.base.MosException;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.model.SuperTransformer;
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
 * <p>Safe for use by several threads; they take turns.
 */
public final class TranslationModel implements AutoCloseable {
  /** A beam of 4, length penalty 0.6, the best translation alone. */
  public static final TranslationOptions DEFAULTS = options(4, 0.6, 1);

  private static final int BATCH_SENTENCES = 64;
  private static final int BATCH_TOKENS = 4096;

  private final Device device;
  private final ExportedModel model;
  private final Dictionary source;
  private final Dictionary target;
  private final RawText text;

  /** Owns {@link #weights}. */
  private final Scope memory;

  private final TransformerWeights weights;

  /** For the options of the last call; null before the first and after the end. */
  private Translator translator;

  private TranslationOptions options;
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

  /**
   * Options for {@link #translate(List, TranslationOptions)}.
   *
   * @param beam hypotheses kept per sentence, at least 1
   * @param lengthPenalty exponent of the length by which a score is divided
   * @param nBest translations returned per line, in 1..beam
   */
  public static TranslationOptions options(int beam, double lengthPenalty, int nBest) {
    return new TranslationOptions(
        BeamOptions.of(beam, lengthPenalty), nBest, BATCH_SENTENCES, BATCH_TOKENS);
  }

  /** The code of the language it reads, such as en. */
  public String sourceLanguage() {
    return model.description().sourceLanguage();
  }

  /** The code of the language it writes. */
  public String targetLanguage() {
    return model.description().targetLanguage();
  }

  /** Translates one line; see {@link #translate(List, TranslationOptions)}. */
  public Translation translate(String line) {
    return translate(List.of(line)).get(0);
  }

  /** Translates lines with {@link #DEFAULTS}. */
  public List<Translation> translate(List<String> lines) {
    return translate(lines, DEFAULTS);
  }

  /**
   * Translates lines, those of like length together.
   *
   * @param lines raw text, one sentence each; an empty one stays empty
   * @return as many, in the same order
   * @throws MosException naming the number of a line that is too long for the model, before any is
   *     translated
   * @throws IllegalStateException after {@link #close}
   */
  public synchronized List<Translation> translate(List<String> lines, TranslationOptions options) {
    if (closed) {
      throw new IllegalStateException("the model is closed");
    }
    List<int[]> sentences = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    List<Translation> translations = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      translations.add(Translation.EMPTY);
      int[] symbols = encode(lines.get(i), i + 1);
      if (symbols.length > 1) { // more than the end symbol
        sentences.add(symbols);
        places.add(i);
      }
    }
    Devices.use(device);
    List<List<Hypothesis>> found = translator(options).translate(sentences);
    for (int i = 0; i < found.size(); i++) {
      if (!found.get(i).isEmpty()) {
        translations.set(
            places.get(i), new Translation(found.get(i).stream().map(this::decode).toList()));
      }
    }
    return translations;
  }

  private Translator translator(TranslationOptions wanted) {
    if (!wanted.equals(options)) {
      closeTranslator();
      translator = new TorchTranslator(weights, wanted);
      options = wanted;
    }
    return translator;
  }

  private int[] encode(String line, int number) {
    int[] symbols = source.encode(text.encode().apply(line));
    if (symbols.length > SuperTransformer.MAX_POSITIONS) {
      throw new MosException(
          "line "
              + number
              + ": got "
              + symbols.length
              + " tokens with the end symbol, must be at most "
              + SuperTransformer.MAX_POSITIONS
              + "; divide it into sentences");
    }
    return symbols;
  }

  private Translation.Alternative decode(Hypothesis hypothesis) {
    String tokens = target.string(hypothesis.tokens(), true);
    return new Translation.Alternative(text.decode().apply(tokens), hypothesis.score());
  }

  private void closeTranslator() {
    if (translator != null) {
      translator.close();
      translator = null;
      options = null;
    }
  }

  /** Frees the memory, once a translation that another thread has begun is finished. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      closeTranslator();
      memory.close();
      model.close();
    }
  }
}
