package mos.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.data.PreprocessOptions;
import mos.data.Preprocessor;
import mos.data.SentencePieceFiles;
import mos.data.TextTools;
import mos.data.TokenizerLists;
import mos.experiment.PreprocessProgress;
import mos.results.PreprocessFigures;
import mos.results.ResultJson;
import mos.text.NonbreakingPrefixes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Makes a data folder out of raw parallel text. */
@CommandLine.Command(
    name = "preprocess",
    description = {
      "The text is tokenised, split by BPE, counted and binarised in fairseq's form.",
      "The same input and options give the same bytes, whatever the number of threads."
    },
    footer = {
      "",
      "Example: mos preprocess --source-lang en --target-lang de --trainpref raw/train"
          + " --validpref raw/valid --testpref raw/test --destdir data --joined-dictionary"
          + " --bpe-operations 32000"
    })
public final class PreprocessCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(PreprocessCommand.class);

  private final TextTools tools;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @CommandLine.Option(
      names = {"-s", "--source-lang"},
      required = true,
      paramLabel = "LANG",
      description = "source language: the source text is PREFIX.LANG or PREFIX.LANG.gz")
  private String sourceLanguage;

  @CommandLine.Option(
      names = {"-t", "--target-lang"},
      required = true,
      paramLabel = "LANG",
      description = "target language")
  private String targetLanguage;

  @CommandLine.Option(
      names = "--trainpref",
      paramLabel = "PREFIX",
      description = "training text; without it the dictionaries must be given")
  private Path train;

  @CommandLine.Option(
      names = "--validpref",
      split = ",",
      paramLabel = "PREFIX",
      description = "validation text; several, between commas, become valid, valid1, …")
  private List<Path> valid = List.of();

  @CommandLine.Option(
      names = "--testpref",
      split = ",",
      paramLabel = "PREFIX",
      description = "test text; several become test, test1, …")
  private List<Path> test = List.of();

  @CommandLine.Option(
      names = "--destdir",
      defaultValue = "data-bin",
      paramLabel = "FOLDER",
      description = "where the result goes (default: ${DEFAULT-VALUE})")
  private Path destination;

  @CommandLine.Option(
      names = "--normalize-punctuation",
      description = "make quotes, dashes and spaces uniform before tokenising")
  private boolean normalizePunctuation;

  @CommandLine.Option(
      names = "--tokenizer",
      paramLabel = "NAME",
      description =
          "moses, or none for text that is tokenised (default: moses; none with SentencePiece)")
  private String tokenizer;

  @CommandLine.Option(
      names = "--nonbreaking-prefixes",
      split = ",",
      paramLabel = "LANG=FILE",
      description =
          "words of a language that keep their full stop, in Moses' format, instead of this"
              + " program's own list")
  private Map<String, Path> prefixes = Map.of();

  @CommandLine.Option(
      names = "--protected",
      paramLabel = "FILE",
      description = "keep what these regular expressions match, one a line, as single tokens")
  private Path patterns;

  @CommandLine.Option(
      names = "--bpe-operations",
      defaultValue = "0",
      paramLabel = "N",
      description = "learn so many BPE merges from both sides of the training text; 0: no BPE")
  private int bpeOperations;

  @CommandLine.Option(
      names = "--bpe-codes",
      paramLabel = "FILE",
      description = "use these BPE codes instead of learning")
  private Path bpeCodes;

  @CommandLine.Option(
      names = "--separate-bpe",
      description = "learn one BPE for each language, codes.LANG, instead of a joint one")
  private boolean separateBpe;

  @CommandLine.Option(
      names = "--sentencepiece-model",
      split = ",",
      paramLabel = "FILE",
      description =
          "divide raw text by this SentencePiece model instead; LANG=FILE,LANG=FILE: one for each"
              + " language. A model is made with Google's spm_train")
  private List<String> sentencePiece = List.of();

  @CommandLine.Option(
      names = "--clean-min-length",
      defaultValue = "0",
      paramLabel = "N",
      description = "drop training pairs with fewer tokens on a side; 0: none")
  private int cleanMinLength;

  @CommandLine.Option(
      names = "--clean-max-length",
      defaultValue = "0",
      paramLabel = "N",
      description = "drop training pairs with more tokens on a side; 0: none")
  private int cleanMaxLength;

  @CommandLine.Option(
      names = "--clean-ratio",
      defaultValue = "0",
      paramLabel = "X",
      description = "drop training pairs with one side more than X times as long; 0: none")
  private double cleanRatio;

  @CommandLine.Option(
      names = "--joined-dictionary",
      description = "one dictionary for both languages, as shared embeddings need it")
  private boolean joinedDictionary;

  @CommandLine.Option(
      names = "--nwordssrc",
      defaultValue = "-1",
      paramLabel = "N",
      description = "most source symbols, 4 special ones included; -1 (the default): all")
  private int sourceWords;

  @CommandLine.Option(
      names = "--nwordstgt",
      defaultValue = "-1",
      paramLabel = "N",
      description = "most target symbols, 4 special ones included; -1 (the default): all")
  private int targetWords;

  @CommandLine.Option(
      names = "--thresholdsrc",
      defaultValue = "0",
      paramLabel = "N",
      description = "source symbols that occur fewer times become unknown")
  private long sourceThreshold;

  @CommandLine.Option(
      names = "--thresholdtgt",
      defaultValue = "0",
      paramLabel = "N",
      description = "the same for target symbols")
  private long targetThreshold;

  @CommandLine.Option(
      names = "--padding-factor",
      defaultValue = "" + Dictionary.PADDING_FACTOR,
      paramLabel = "N",
      description = "dictionary sizes become multiples of N (default: ${DEFAULT-VALUE})")
  private int paddingFactor;

  @CommandLine.Option(
      names = "--srcdict",
      paramLabel = "FILE",
      description = "use this source dictionary instead of counting")
  private Path sourceDictionary;

  @CommandLine.Option(
      names = "--tgtdict",
      paramLabel = "FILE",
      description = "use this target dictionary instead of counting")
  private Path targetDictionary;

  @CommandLine.Option(
      names = {"--threads", "--workers"},
      paramLabel = "N",
      description = "worker threads (default: one for each processor)")
  private int threads = Runtime.getRuntime().availableProcessors();

  @CommandLine.Option(names = "--json", description = "print the result as one JSON object")
  private boolean json;

  /** For text that is tokenised and split already. */
  public PreprocessCommand() {
    this(TextTools.none());
  }

  /** With the tools that tokenise and split. */
  public PreprocessCommand(TextTools tools) {
    this.tools = tools;
  }

  @Override
  public Integer call() {
    PreprocessOptions options = options();
    if (options.text().tokenizer() == PreprocessOptions.Tokenizer.MOSES) {
      for (String language : List.of(sourceLanguage, targetLanguage)) {
        if (!prefixes.containsKey(language)) {
          NonbreakingPrefixes.note(language).ifPresent(LOG::warn);
        }
      }
    }
    PreprocessFigures result = new Preprocessor(options, tools, new PreprocessProgress()).run();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(ResultJson.line(result));
    } else {
      printSummary(result, out);
    }
    out.flush();
    return 0;
  }

  private PreprocessOptions options() {
    return new PreprocessOptions(
        new ParallelCorpus.LanguagePair(sourceLanguage, targetLanguage),
        new PreprocessOptions.Inputs(train, valid, test),
        destination,
        new PreprocessOptions.Text(
            normalizePunctuation,
            PreprocessOptions.Tokenizer.named(
                tokenizer != null ? tokenizer : sentencePiece.isEmpty() ? "moses" : "none"),
            bpeOperations,
            bpeCodes,
            separateBpe,
            new TokenizerLists(prefixes, Optional.ofNullable(patterns)),
            SentencePieceFiles.of(sentencePiece, sourceLanguage, targetLanguage)),
        new PreprocessOptions.Cleaning(cleanMinLength, cleanMaxLength, cleanRatio),
        new PreprocessOptions.Vocabulary(
            joinedDictionary,
            new PreprocessOptions.DictionaryOptions(sourceWords, sourceThreshold, sourceDictionary),
            new PreprocessOptions.DictionaryOptions(targetWords, targetThreshold, targetDictionary),
            paddingFactor),
        threads);
  }

  private void printSummary(PreprocessFigures result, PrintWriter out) {
    for (String language : List.of(sourceLanguage, targetLanguage)) {
      PreprocessFigures.Language one = result.languages().get(language);
      out.printf(Locale.ROOT, "%s: %d symbols%n", one.dictionary(), one.dictionarySymbols());
    }
    result
        .parts()
        .forEach(
            (name, part) -> {
              for (String language : List.of(sourceLanguage, targetLanguage)) {
                PreprocessFigures.Counts counts = part.sides().get(language);
                out.printf(
                    Locale.ROOT,
                    "%s.%s: %d of %d sentences, %d tokens, %.3f%% unknown%n",
                    name,
                    language,
                    part.lines(),
                    part.linesRead(),
                    counts.tokens(),
                    100.0 * counts.unknown() / Math.max(1, counts.tokens()));
              }
            });
  }
}
