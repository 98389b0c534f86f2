package mos.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import mos.base.AtomicFile;
import mos.base.DataLock;
import mos.base.FolderLock;
import mos.base.Folders;
import mos.base.LineReader;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.results.PreprocessFigures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a data folder out of raw parallel text: normalised, tokenised, split by BPE, cleaned,
 * counted, numbered.
 *
 * <p>The text is streamed, on several threads, and a killed process is gone on from; equal input
 * and options give equal bytes. Memory holds some 2,000 lines for each thread and every word that
 * was counted once: with BPE the subwords; without, and while BPE is learned, the words of the
 * text, which are more in a longer one. The folder then holds {@code codes}, {@code
 * dict.LANGUAGE.txt}, {@code PART.SRC-TGT.LANGUAGE.bin} and {@code .idx} for train, valid and test,
 * {@code PART.raw.LANGUAGE} with the untouched lines of valid and test for scoring, and at last
 * {@code preprocess.json}: without it the folder is unfinished. All files are put in place at the
 * end; until then an earlier preparation stays as it is.
 */
public final class Preprocessor {
  /** The file that says how the data folder was made; written last. */
  public static final String DESCRIPTION = "preprocess.json";

  /** The stage after which text is ready to be numbered. */
  private static final String SPLIT = "txt";

  private static final long SAVE_EVERY = TimeUnit.SECONDS.toNanos(5);

  private static final Logger LOG = LoggerFactory.getLogger(Preprocessor.class);

  private final PreprocessOptions options;
  private final TextTools tools;
  private final PreprocessListener listener;
  private final String source;
  private final String target;
  private final Path folder;
  private final long saveEvery;
  private Path work;
  private Path made;
  private SubwordModels subwords;
  private final Map<String, TextPass.Outcome> passes = new LinkedHashMap<>();
  private final Map<String, Binarizer.Outcome> binarized = new HashMap<>();

  /** The tools are asked only for what the options want. */
  public Preprocessor(PreprocessOptions options, TextTools tools, PreprocessListener listener) {
    this(options, tools, listener, SAVE_EVERY);
  }

  /**
   * @param saveEvery nanoseconds of work that a killed process loses at most, about
   */
  Preprocessor(
      PreprocessOptions options, TextTools tools, PreprocessListener listener, long saveEvery) {
    this.saveEvery = saveEvery;
    this.options = options;
    this.tools = tools;
    this.source = options.languages().source();
    this.target = options.languages().target();
    this.folder = options.destination();
    this.listener = listener;
  }

  /**
   * Does all of it.
   *
   * @return the contents of {@link #DESCRIPTION}
   * @throws MosException when a text is missing, is no UTF-8, has sides of different lengths, or
   *     the folder cannot be written or is another process's
   */
  public PreprocessFigures run() {
    String stopped = "preprocessing into " + folder + "; the same command goes on";
    try (FolderLock lock = FolderLock.of(folder);
        StopSignal.Saving place = StopSignal.at(stopped)) {
      PreparedFolder before = new PreparedFolder(options);
      before.checkOptions();
      // Whoever reads the folder now may read it for days: better known before the work.
      DataLock.replacing(folder).close();
      return UnfinishedPreparation.of(options)
          .finish(
              unfinished -> {
                work = unfinished;
                made = Folders.create(work.resolve("made"));
                subwords = new SubwordModels(options.text(), tools, made, folder);
                return prepare(before);
              });
    } catch (IOException e) {
      throw failed(e);
    } catch (UncheckedIOException e) {
      throw failed(e.getCause());
    }
  }

  private MosException failed(IOException e) {
    return new MosException("cannot preprocess into " + folder + ": " + AtomicFile.describe(e), e);
  }

  private PreprocessFigures prepare(PreparedFolder before) throws IOException {
    options.text().lists().keepIn(made);
    Map<String, Path> parts = options.inputs().parts();
    for (String part : parts.keySet()) {
      if (!part.equals(PreprocessOptions.Inputs.TRAIN)) {
        keepRaw(part, parts.get(part));
      }
    }
    boolean learn = options.text().bpeOperations() > 0;
    if (learn) {
      // BPE is learned from the whole tokenised text before any of it can be split.
      rewriteAll(parts, "tok", this::tokenized, PreprocessOptions.Cleaning.NONE);
      learnCodes();
      rewriteAll(workPrefixes(parts, "tok"), SPLIT, subwords::split, options.cleaning());
    } else {
      subwords.read(source, target);
      rewriteAll(parts, SPLIT, l -> compose(tokenized(l), subwords.split(l)), options.cleaning());
    }
    Dictionary sourceDictionary = dictionary(true);
    Dictionary targetDictionary =
        options.vocabulary().joined() ? sourceDictionary : dictionary(false);
    passes.replaceAll((part, outcome) -> outcome.withoutCounts());
    sourceDictionary.save(made.resolve("dict." + source + ".txt"));
    targetDictionary.save(made.resolve("dict." + target + ".txt"));
    before.checkMade(made);
    binarize(parts, sourceDictionary, targetDictionary);
    PreprocessFigures description =
        new PreprocessDescription(options, subwords.hashes(), passes, binarized)
            .figures(sourceDictionary, targetDictionary);
    return before.replaceBy(made, description);
  }

  private Map<String, Path> workPrefixes(Map<String, Path> parts, String stage) {
    Map<String, Path> prefixes = new LinkedHashMap<>();
    parts.keySet().forEach(part -> prefixes.put(part, work.resolve(part + "." + stage)));
    return prefixes;
  }

  private ParallelText open(Path prefix) {
    return new ParallelText(ParallelText.file(prefix, source), ParallelText.file(prefix, target));
  }

  private void keepRaw(String part, Path prefix) {
    for (String language : List.of(source, target)) {
      AtomicFile.write(
          made.resolve(part + ".raw." + language),
          out -> {
            try (LineReader in = LineReader.of(ParallelText.file(prefix, language))) {
              for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
              }
            }
          });
    }
  }

  /** Makes a function of lines for a language. */
  private interface Rewriting {
    UnaryOperator<String> of(String language);
  }

  private void rewriteAll(
      Map<String, Path> from,
      String stage,
      Rewriting rewriting,
      PreprocessOptions.Cleaning cleaning)
      throws IOException {
    Supplier<UnaryOperator<String>> onSource = () -> rewriting.of(source);
    Supplier<UnaryOperator<String>> onTarget = () -> rewriting.of(target);
    TextPass pass = new TextPass(onSource, onTarget, options.threads(), saveEvery);
    for (Map.Entry<String, Path> part : from.entrySet()) {
      String name = part.getKey();
      Path to = work.resolve(name + "." + stage);
      try (ParallelText in = open(part.getValue())) {
        // Scores must be of all sentences: only training text is cleaned.
        boolean train = name.equals(PreprocessOptions.Inputs.TRAIN);
        PreprocessOptions.Cleaning applied = train ? cleaning : PreprocessOptions.Cleaning.NONE;
        listener.started(name + " (" + stage + ")");
        TextPass.Outcome outcome =
            pass.run(
                in,
                Path.of(to + "." + source),
                Path.of(to + "." + target),
                applied,
                stage.equals(SPLIT) && train,
                Path.of(to + ".json"),
                listener::done);
        listener.finished();
        String lines = outcome.linesKept() + " of " + outcome.linesRead();
        LOG.info("{} ({}): {} sentence pairs", name, stage, lines);
        passes.put(name, outcome);
      }
    }
  }

  private UnaryOperator<String> tokenized(String language) {
    PreprocessOptions.Text text = options.text();
    UnaryOperator<String> function = UnaryOperator.identity();
    if (text.normalizePunctuation()) {
      function = compose(function, tools.normalizer(language));
    }
    if (text.tokenizer() == PreprocessOptions.Tokenizer.MOSES) {
      function = compose(function, tools.tokenizer(language, text.lists()));
    }
    return function;
  }

  private static UnaryOperator<String> compose(
      UnaryOperator<String> first, UnaryOperator<String> second) {
    return line -> second.apply(first.apply(line));
  }

  private void learnCodes() throws IOException {
    Path sourceText = work.resolve(PreprocessOptions.Inputs.TRAIN + ".tok." + source);
    Path targetText = work.resolve(PreprocessOptions.Inputs.TRAIN + ".tok." + target);
    if (options.text().separateBpe()) {
      learn(List.of(sourceText), List.of(source));
      learn(List.of(targetText), List.of(target));
    } else {
      learn(List.of(sourceText, targetText), List.of(source, target));
    }
  }

  private void learn(List<Path> texts, List<String> languages) throws IOException {
    int operations = options.text().bpeOperations();
    if (subwords.kept(languages)) {
      return;
    }
    LOG.info("learning {} BPE operations from {}", operations, String.join(" and ", languages));
    subwords.learn(texts, languages);
  }

  private Dictionary dictionary(boolean ofSource) {
    PreprocessOptions.Vocabulary vocabulary = options.vocabulary();
    PreprocessOptions.DictionaryOptions side = ofSource ? vocabulary.source() : vocabulary.target();
    Path file = side.file();
    if (file == null && vocabulary.joined()) {
      file = vocabulary.target().file();
    }
    if (file != null) {
      return Dictionary.load(file);
    }
    TextPass.Outcome train = passes.get(PreprocessOptions.Inputs.TRAIN);
    Map<String, Long> counts = ofSource ? train.sourceCounts() : train.targetCounts();
    subwords.addPieces(ofSource ? source : target, counts);
    if (vocabulary.joined()) {
      subwords.addPieces(target, counts);
      // The source's own are wanted no more.
      train.targetCounts().forEach((word, count) -> counts.merge(word, count, Long::sum));
    }
    return Dictionary.fromCounts(
        counts, side.maxSize(), side.threshold(), vocabulary.paddingFactor());
  }

  private void binarize(
      Map<String, Path> parts, Dictionary sourceDictionary, Dictionary targetDictionary)
      throws IOException {
    Binarizer binarizer =
        new Binarizer(sourceDictionary, targetDictionary, options.threads(), saveEvery);
    for (String part : parts.keySet()) {
      try (ParallelText in = open(work.resolve(part + "." + SPLIT))) {
        String prefix = part + "." + options.languages() + ".";
        listener.started(part + " (numbered)");
        binarized.put(
            part,
            binarizer.run(
                in,
                made.resolve(prefix + source),
                made.resolve(prefix + target),
                work.resolve(part + ".bin.json"),
                listener::done));
        listener.finished();
      }
    }
  }
}
