package mos.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.data.Preprocessor;
import mos.text.BpeEncoder;
import mos.text.MosesDetokenizer;

/**
 * How text becomes a model's symbols and back, as the data folder was made.
 *
 * @param encode raw source line → tokenised and split line
 * @param decode hypothesis of tokens (BPE removed) → plain text
 */
record RawText(UnaryOperator<String> encode, UnaryOperator<String> decode) {

  /**
   * Reads how the data folder was made; a folder made by other tools takes and gives symbols as
   * they are.
   *
   * @throws MosException when it was made in a way that this version does not know
   */
  static RawText of(DataFolder data) {
    Path file = data.folder().resolve(Preprocessor.DESCRIPTION);
    if (!Files.exists(file)) {
      return new RawText(UnaryOperator.identity(), UnaryOperator.identity());
    }
    JsonNode description = Json.read(file);
    check(file, "format", description.path("format").asText("1"), Set.of("1"));
    JsonNode text = description.path("text");
    check(file, "tokenizer", text.path("tokenizer").asText("none"), Set.of("none", "moses"));
    check(file, "bpe", text.path("bpe").asText("none"), Set.of("none", "subword-nmt"));
    StandardText tools = new StandardText();
    UnaryOperator<String> encode = UnaryOperator.identity();
    if (text.path("normalize_punctuation").asBoolean()) {
      encode = tools.normalizer(data.sourceLanguage());
    }
    boolean tokenized = text.path("tokenizer").asText().equals("moses");
    if (tokenized) {
      encode = then(encode, tools.tokenizer(data.sourceLanguage()));
    }
    if (!text.path("bpe").asText("none").equals("none")) {
      boolean separate = text.path("separate_bpe").asBoolean();
      Path codes = data.folder().resolve(separate ? "codes." + data.sourceLanguage() : "codes");
      encode = then(encode, tools.bpe(read(codes), codes.toString()));
    }
    UnaryOperator<String> decode =
        tokenized
            ? new MosesDetokenizer(data.targetLanguage())::detokenize
            : UnaryOperator.identity();
    return new RawText(encode, line -> decode.apply(BpeEncoder.remove(line)));
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

  private static UnaryOperator<String> then(UnaryOperator<String> a, UnaryOperator<String> b) {
    return line -> b.apply(a.apply(line));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }
}
