package mos.data;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.results.PreprocessFigures;

/**
 * How raw parallel text becomes a data folder.
 *
 * @param languages source and target, as the text files end in: {@code PREFIX.en}
 * @param destination the data folder
 * @param threads workers, at least 1; the result is the same for any number
 */
public record PreprocessOptions(
    ParallelCorpus.LanguagePair languages,
    Inputs inputs,
    Path destination,
    Text text,
    Cleaning cleaning,
    Vocabulary vocabulary,
    int threads) {

  /**
   * The text, by prefixes: {@code PREFIX.en} or {@code PREFIX.en.gz}, and likewise the target.
   *
   * @param train may be null where both dictionaries are given
   * @param valid validation sets, written as valid, valid1, …
   * @param test test sets, likewise
   */
  public record Inputs(Path train, List<Path> valid, List<Path> test) {
    static final String TRAIN = "train";

    public Inputs {
      valid = List.copyOf(valid);
      test = List.copyOf(test);
      if (train == null && valid.isEmpty() && test.isEmpty()) {
        throw new ConfigurationException(
            "nothing to preprocess: need trainpref, validpref or testpref");
      }
    }

    /** The prefixes by the parts' names: train, valid, valid1, …, test, … */
    Map<String, Path> parts() {
      Map<String, Path> parts = new LinkedHashMap<>();
      if (train != null) {
        parts.put(TRAIN, train);
      }
      for (int i = 0; i < valid.size(); i++) {
        parts.put("valid" + (i > 0 ? i : ""), valid.get(i));
      }
      for (int i = 0; i < test.size(); i++) {
        parts.put("test" + (i > 0 ? i : ""), test.get(i));
      }
      return parts;
    }
  }

  /** How lines are divided into words. */
  public enum Tokenizer {
    MOSES,
    NONE;

    /**
     * The tokenizer with this {@link #label}.
     *
     * @throws ConfigurationException when there is none
     */
    public static Tokenizer named(String label) {
      for (Tokenizer tokenizer : values()) {
        if (tokenizer.label().equals(label)) {
          return tokenizer;
        }
      }
      throw new ConfigurationException("tokenizer: got " + label + ", must be moses or none");
    }

    /** The name in options and files. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How lines become tokens.
   *
   * @param bpeOperations merge operations to learn from the training text; 0: none
   * @param bpeCodes a codes file to use instead of learning; may be null
   * @param separateBpe learn one BPE for each language instead of a joint one
   * @param lists what the tokeniser reads from files
   * @param sentencePiece models in place of tokeniser and BPE, if any
   */
  public record Text(
      boolean normalizePunctuation,
      Tokenizer tokenizer,
      int bpeOperations,
      Path bpeCodes,
      boolean separateBpe,
      TokenizerLists lists,
      SentencePieceFiles sentencePiece) {
    /** With the tokeniser's own lists. */
    public Text(
        boolean normalizePunctuation,
        Tokenizer tokenizer,
        int bpeOperations,
        Path bpeCodes,
        boolean separateBpe) {
      this(
          normalizePunctuation,
          tokenizer,
          bpeOperations,
          bpeCodes,
          separateBpe,
          TokenizerLists.NONE);
    }

    /** Without SentencePiece. */
    public Text(
        boolean normalize,
        Tokenizer words,
        int merges,
        Path codes,
        boolean separate,
        TokenizerLists lists) {
      this(normalize, words, merges, codes, separate, lists, SentencePieceFiles.NONE);
    }

    public Text {
      if (tokenizer == Tokenizer.NONE && !lists.equals(TokenizerLists.NONE)) {
        throw new ConfigurationException(
            "nonbreaking-prefixes and protected: are the tokenizer's, and there is none");
      }
      if (!sentencePiece.isEmpty()
          && (tokenizer != Tokenizer.NONE || bpeOperations != 0 || bpeCodes != null)) {
        throw new ConfigurationException(
            "sentencepiece-model: divides raw text in place of tokenizer, bpe-operations and"
                + " bpe-codes; got one of them as well");
      }
      atLeast("bpe-operations", bpeOperations, 0);
      if (separateBpe && bpeOperations == 0) {
        throw new ConfigurationException("separate-bpe: needs bpe-operations");
      }
      if (bpeOperations > 0 && bpeCodes != null) {
        throw new ConfigurationException("bpe-operations and bpe-codes: got both, must be one");
      }
    }

    /** The file of the data folder that holds a language's BPE or SentencePiece model. */
    String subwordsFile(String language) {
      if (!sentencePiece.isEmpty()) {
        return sentencePiece.copy(language);
      }
      return separateBpe ? "codes." + language : "codes";
    }

    /** How words are divided, as files say it. */
    String subwords() {
      if (!sentencePiece.isEmpty()) {
        return PreprocessFigures.SENTENCEPIECE;
      }
      return bpeOperations > 0 || bpeCodes != null
          ? PreprocessFigures.SUBWORD_NMT
          : PreprocessFigures.NONE;
    }
  }

  /**
   * Which training pairs are left out, by their lengths in tokens (after BPE, without EOS).
   *
   * @param minLength shortest of either side; 0: any, empty ones too
   * @param maxLength longest of either side; 0: any
   * @param maxRatio of the longer to the shorter side, at least 1; 0: any
   */
  public record Cleaning(int minLength, int maxLength, double maxRatio) {
    /** Keeps every pair. */
    public static final Cleaning NONE = new Cleaning(0, 0, 0);

    public Cleaning {
      atLeast("clean-min-length", minLength, 0);
      atLeast("clean-max-length", maxLength, 0);
      if (maxLength > 0 && maxLength < minLength) {
        throw new ConfigurationException(
            "clean-max-length: got " + maxLength + ", must be at least " + minLength);
      }
      if (!(maxRatio == 0 || maxRatio >= 1)) {
        throw new ConfigurationException(
            "clean-ratio: got " + maxRatio + ", must be at least 1, or 0 for any");
      }
    }

    /** Whether a pair of these lengths stays. */
    boolean keeps(int source, int target) {
      int shorter = Math.min(source, target);
      int longer = Math.max(source, target);
      return shorter >= minLength
          && (maxLength == 0 || longer <= maxLength)
          && (maxRatio == 0 || longer <= shorter * maxRatio);
    }
  }

  /**
   * The dictionary of one side.
   *
   * @param maxSize most symbols, the four special ones included; 0 or less: all
   * @param threshold symbols counted fewer times become unknown
   * @param file an existing dictionary to use instead; may be null
   */
  public record DictionaryOptions(int maxSize, long threshold, Path file) {
    /** Refuses what a dictionary that is given, or one for both sides, cannot heed. */
    private void check(String side) {
      if (file != null && (maxSize > 0 || threshold > 0)) {
        throw new ConfigurationException(
            "nwords"
                + side
                + " and threshold"
                + side
                + ": got one of them with "
                + side
                + "dict, which is used as it is");
      }
    }

    private boolean asks(DictionaryOptions other) {
      return (maxSize > 0 && maxSize != other.maxSize)
          || (threshold > 0 && threshold != other.threshold);
    }
  }

  /**
   * The dictionaries.
   *
   * @param joined one for both languages, with the source side's options
   * @param paddingFactor their sizes become multiples of it
   */
  public record Vocabulary(
      boolean joined, DictionaryOptions source, DictionaryOptions target, int paddingFactor) {
    public Vocabulary {
      atLeast("padding-factor", paddingFactor, 1);
      source.check("src");
      target.check("tgt");
      if (joined && target.asks(source)) {
        throw new ConfigurationException(
            "nwordstgt and thresholdtgt: a joined dictionary has the source side's; leave them out"
                + " or give the same");
      }
      if (joined && source.file() != null && target.file() != null) {
        throw new ConfigurationException(
            "srcdict and tgtdict: got both, a joined dictionary must be one");
      }
    }
  }

  public PreprocessOptions {
    atLeast("threads", threads, 1);
    for (String language : text.lists().nonbreakingPrefixes().keySet()) {
      if (!List.of(languages.source(), languages.target()).contains(language)) {
        throw new ConfigurationException(
            "nonbreaking-prefixes: got language "
                + language
                + ", must be "
                + languages.source()
                + " or "
                + languages.target());
      }
    }
    if (languages.source().equals(languages.target())) {
      throw new ConfigurationException(
          "target-lang: got " + languages.target() + ", must differ from source-lang");
    }
    text.sentencePiece().check(languages.source(), languages.target());
    boolean joined = vocabulary.joined();
    boolean source = vocabulary.source().file() != null;
    boolean target = vocabulary.target().file() != null;
    boolean dictionariesGiven = joined ? source || target : source && target;
    if (inputs.train() == null && !dictionariesGiven) {
      throw new ConfigurationException(
          "without trainpref, the dictionaries are needed: give srcdict and tgtdict");
    }
    if (inputs.train() == null && !cleaning.equals(Cleaning.NONE)) {
      throw new ConfigurationException(
          "clean-min-length, clean-max-length, clean-ratio: only training text is cleaned, got no"
              + " trainpref");
    }
    if (inputs.train() == null && text.bpeOperations() > 0) {
      throw new ConfigurationException("bpe-operations: BPE is learned from trainpref, got none");
    }
  }

  private static void atLeast(String what, int value, int least) {
    if (value < least) {
      throw new ConfigurationException(what + ": got " + value + ", must be at least " + least);
    }
  }
}
