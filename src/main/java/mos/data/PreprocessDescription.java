package mos.data;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import mos.base.Json;
import mos.base.Sha256;
import mos.base.Version;

/**
 * How a data folder was made, what is in it, and what a model must do to raw text: the contents of
 * {@link Preprocessor#DESCRIPTION}. Paths, times and threads are left out, for they would differ
 * between equal folders.
 *
 * @param codes contents of the codes file by language
 * @param passes of the text, by part
 * @param binarized by part
 */
record PreprocessDescription(
    PreprocessOptions options,
    Map<String, String> codes,
    Map<String, TextPass.Outcome> passes,
    Map<String, Binarizer.Outcome> binarized) {

  ObjectNode toJson(Dictionary sourceDictionary, Dictionary targetDictionary) {
    String source = options.languages().source();
    String target = options.languages().target();
    ObjectNode description = Json.object().put("format", 1);
    description.put("version", Version.current());
    description.put("source_lang", source).put("target_lang", target);
    PreprocessOptions.Text text = options.text();
    ObjectNode how = description.putObject("text");
    how.put("normalize_punctuation", text.normalizePunctuation())
        .put("tokenizer", text.tokenizer().label())
        .put("bpe", codes.isEmpty() ? "none" : "subword-nmt")
        .put("bpe_operations", text.bpeOperations())
        .put("separate_bpe", text.separateBpe());
    if (text.lists().protectedPatterns().isPresent()) {
      how.put("protected", TokenizerLists.PROTECTED_FILE);
    }
    PreprocessOptions.Cleaning cleaning = options.cleaning();
    description
        .putObject("clean")
        .put("min_length", cleaning.minLength())
        .put("max_length", cleaning.maxLength())
        .put("ratio", cleaning.maxRatio());
    description.put("joined_dictionary", options.vocabulary().joined());
    description.put("padding_factor", options.vocabulary().paddingFactor());
    ObjectNode languages = description.putObject("languages");
    describe(languages, source, sourceDictionary, options.vocabulary().source());
    describe(languages, target, targetDictionary, options.vocabulary().target());
    ObjectNode all = description.putObject("parts");
    for (Map.Entry<String, TextPass.Outcome> entry : passes.entrySet()) {
      String part = entry.getKey();
      TextPass.Outcome pass = entry.getValue();
      ObjectNode one = all.putObject(part);
      one.put("lines_read", pass.linesRead()).put("lines", pass.linesKept());
      describe(one.putObject(source), binarized.get(part).source());
      describe(one.putObject(target), binarized.get(part).target());
    }
    return description;
  }

  private void describe(
      ObjectNode languages,
      String language,
      Dictionary dictionary,
      PreprocessOptions.DictionaryOptions given) {
    ObjectNode one = languages.putObject(language);
    one.put("dictionary", "dict." + language + ".txt")
        .put("dictionary_symbols", dictionary.size())
        .put("dictionary_sha256", dictionary.hash())
        .put("dictionary_max_size", given.maxSize())
        .put("dictionary_threshold", given.threshold());
    if (options.text().lists().nonbreakingPrefixes().containsKey(language)) {
      one.put("nonbreaking_prefixes", TokenizerLists.prefixesFile(language));
    }
    if (codes.containsKey(language)) {
      one.put("codes", options.text().codesFile(language))
          .put("codes_sha256", Sha256.of(codes.get(language).getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static void describe(ObjectNode node, Binarizer.Counts counts) {
    node.put("tokens", counts.tokens()).put("unknown", counts.unknown());
  }
}
