package mos.translation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.data.Preprocessor;
import mos.data.SentencePieceFiles;
import mos.data.TokenizerLists;
import mos.results.PreprocessFigures;
import mos.results.ResultJson;
import mos.text.BpeEncoder;
import mos.text.MosesDetokenizer;
import mos.text.TokenJoins;

/**
 * How text becomes a model's symbols and back, as the data folder was made.
 *
 * @param encode raw source line → tokenised and split line
 * @param decode hypothesis of tokens (BPE removed) → plain text as Moses writes it, for scores
 * @param write the same for people: what Moses leaves apart is joined
 */
public record RawText(
    UnaryOperator<String> encode, UnaryOperator<String> decode, UnaryOperator<String> write) {

  /**
   * Reads how a folder's text was made; a folder made by other tools takes and gives symbols as
   * they are.
   *
   * @param folder of preprocessed data, or of an exported model
   * @throws MosException when a file that it names cannot be read, or it was made in a way that
   *     this version does not know
   */
  public static RawText of(Path folder, String source, String target) {
    Path file = folder.resolve(Preprocessor.DESCRIPTION);
    if (!Files.exists(file)) {
      UnaryOperator<String> asItIs = UnaryOperator.identity();
      return new RawText(asItIs, asItIs, asItIs);
    }
    PreprocessFigures description = ResultJson.read(file, PreprocessFigures.class);
    check(file, "format", description.format().toString(), Set.of("" + PreprocessFigures.FORMAT));
    PreprocessFigures.Text text = description.text();
    check(file, "tokenizer", text.tokenizer(), Set.of(PreprocessFigures.NONE, "moses"));
    check(
        file,
        "bpe",
        text.bpe(),
        Set.of(
            PreprocessFigures.NONE,
            PreprocessFigures.SUBWORD_NMT,
            PreprocessFigures.SENTENCEPIECE));
    StandardText tools = new StandardText();
    UnaryOperator<String> encode = UnaryOperator.identity();
    if (text.normalizePunctuation()) {
      encode = tools.normalizer(source);
    }
    boolean tokenized = text.tokenizer().equals("moses");
    if (tokenized) {
      encode = then(encode, tools.tokenizer(source, lists(description, source, folder)));
    }
    if (text.bpe().equals(PreprocessFigures.SENTENCEPIECE)) {
      Path model = SentencePieceFiles.in(folder, source);
      // The dictionary joins pieces to text.
      return new RawText(
          then(encode, tools.sentencePiece(bytes(model), model.toString())),
          UnaryOperator.identity(),
          UnaryOperator.identity());
    }
    if (text.bpe().equals(PreprocessFigures.SUBWORD_NMT)) {
      boolean separate = text.separateBpe();
      Path codes = folder.resolve(separate ? "codes." + source : "codes");
      encode = then(encode, tools.bpe(read(codes), codes.toString()));
    }
    UnaryOperator<String> decode =
        tokenized ? new MosesDetokenizer(target)::detokenize : UnaryOperator.identity();
    UnaryOperator<String> join =
        tokenized ? new TokenJoins(target)::join : UnaryOperator.identity();
    return new RawText(
        encode,
        line -> decode.apply(BpeEncoder.remove(line)),
        line -> decode.apply(join.apply(BpeEncoder.remove(line))));
  }

  private static void check(Path file, String key, String got, Set<String> known) {
    if (!known.contains(got)) {
      throw new MosException(
          file
              + ": "
              + key
              + ": got "
              + got
              + ", this version knows "
              + String.join(" and ", new TreeSet<>(known)));
    }
  }

  /** The lists that a language was tokenised with, where they were not the tokeniser's own. */
  private static TokenizerLists lists(PreprocessFigures description, String language, Path folder) {
    PreprocessFigures.Language one = description.languages().get(language);
    return new TokenizerLists(
        one != null && one.nonbreakingPrefixes() != null
            ? Map.of(language, folder.resolve(TokenizerLists.prefixesFile(language)))
            : Map.of(),
        description.text().protectedPatterns() != null
            ? Optional.of(folder.resolve(TokenizerLists.PROTECTED_FILE))
            : Optional.empty());
  }

  private static UnaryOperator<String> then(UnaryOperator<String> a, UnaryOperator<String> b) {
    return line -> b.apply(a.apply(line));
  }

  private static String read(Path file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }
}
