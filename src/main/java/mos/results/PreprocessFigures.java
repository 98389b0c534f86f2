package mos.results;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;

/**
 * What {@code preprocess} made: {@code preprocess.json} of a data folder, which says how raw text
 * becomes its symbols. Paths, times and threads are left out, for they would differ between equal
 * folders. What is not primitive may be missing in folders of older versions and other tools.
 *
 * @param format of the file; {@link #FORMAT}
 * @param version of the program
 * @param text how it was divided into symbols
 * @param clean what was dropped of the training text
 * @param joinedDictionary whether both languages share one dictionary
 * @param paddingFactor what dictionary sizes are multiples of
 * @param languages by code, source and target
 * @param parts by name: train, valid, test, …
 */
public record PreprocessFigures(
    Integer format,
    String version,
    String sourceLang,
    String targetLang,
    Text text,
    Cleaning clean,
    Boolean joinedDictionary,
    Integer paddingFactor,
    Map<String, Language> languages,
    Map<String, Part> parts) {
  /** The format that this version writes and reads. */
  public static final int FORMAT = 1;

  /** What stands for no tokeniser and for no BPE. */
  public static final String NONE = "none";

  /** The BPE of Sennrich et al., with a file of codes. */
  public static final String SUBWORD_NMT = "subword-nmt";

  /** A SentencePiece model, which divides raw text. */
  public static final String SENTENCEPIECE = "sentencepiece";

  public PreprocessFigures {
    format = format == null ? (Integer) FORMAT : format;
    text = text == null ? new Text(false, NONE, NONE, 0, false, null) : text;
    languages = languages == null ? Map.of() : languages;
    parts = parts == null ? Map.of() : parts;
  }

  /** The same with these parts. */
  public PreprocessFigures withParts(Map<String, Part> all) {
    return new PreprocessFigures(
        format,
        version,
        sourceLang,
        targetLang,
        text,
        clean,
        joinedDictionary,
        paddingFactor,
        languages,
        all);
  }

  /**
   * How text is divided into symbols.
   *
   * @param normalizePunctuation before all else
   * @param tokenizer "moses" or "none"
   * @param bpe "subword-nmt" or "none"
   * @param bpeOperations that were learned; 0: codes were given, or none
   * @param separateBpe whether each language has codes of its own
   * @param protectedPatterns file in the folder with what is kept together; null for none
   */
  public record Text(
      Boolean normalizePunctuation,
      String tokenizer,
      String bpe,
      Integer bpeOperations,
      Boolean separateBpe,
      @JsonProperty("protected") String protectedPatterns) {
    public Text {
      normalizePunctuation = normalizePunctuation != null && normalizePunctuation;
      bpeOperations = bpeOperations == null ? (Integer) 0 : bpeOperations;
      separateBpe = separateBpe != null && separateBpe;
      tokenizer = tokenizer == null ? NONE : tokenizer;
      bpe = bpe == null ? NONE : bpe;
    }
  }

  /**
   * What was dropped of the training text; 0: nothing.
   *
   * @param minLength tokens of each side
   * @param maxLength tokens of each side
   * @param ratio of the lengths of both sides
   */
  public record Cleaning(Integer minLength, Integer maxLength, Double ratio) {}

  /**
   * One language; files are named as they are in the folder.
   *
   * @param dictionarySymbols special ones counted
   * @param dictionaryMaxSize that was asked for; -1: all
   * @param dictionaryThreshold least count of a symbol that was asked for
   * @param nonbreakingPrefixes file, where the tokeniser's own list was not used; else null
   * @param codes file of the BPE; null for none
   */
  public record Language(
      String dictionary,
      int dictionarySymbols,
      String dictionarySha256,
      Integer dictionaryMaxSize,
      Long dictionaryThreshold,
      String nonbreakingPrefixes,
      String codes,
      String codesSha256) {}

  /**
   * One part.
   *
   * @param linesRead sentence pairs of the text
   * @param lines of them that were kept
   * @param sides by language; flat in the part
   */
  public record Part(
      long linesRead, long lines, @JsonAnyGetter @JsonAnySetter Map<String, Counts> sides) {}

  /**
   * One side of a part.
   *
   * @param tokens end symbols counted
   * @param unknown of them that are not in the dictionary
   */
  public record Counts(long tokens, long unknown) {}
}
