package mos.data;

import java.util.LinkedHashMap;
import java.util.Map;
import mos.base.Version;
import mos.results.PreprocessFigures;

/**
 * How a data folder was made, what is in it, and what a model must do to raw text: the contents of
 * {@link Preprocessor#DESCRIPTION}. Paths, times and threads are left out, for they would differ
 * between equal folders.
 *
 * @param codes SHA-256 of the file of codes, or of the SentencePiece model, by language
 * @param passes of the text, by part
 * @param binarized by part
 */
record PreprocessDescription(
    PreprocessOptions options,
    Map<String, String> codes,
    Map<String, TextPass.Outcome> passes,
    Map<String, Binarizer.Outcome> binarized) {

  PreprocessFigures figures(Dictionary sourceDictionary, Dictionary targetDictionary) {
    String source = options.languages().source();
    String target = options.languages().target();
    PreprocessOptions.Text text = options.text();
    PreprocessOptions.Cleaning cleaning = options.cleaning();
    Map<String, PreprocessFigures.Language> languages = new LinkedHashMap<>();
    languages.put(source, language(source, sourceDictionary, options.vocabulary().source()));
    languages.put(target, language(target, targetDictionary, options.vocabulary().target()));
    Map<String, PreprocessFigures.Part> parts = new LinkedHashMap<>();
    passes.forEach((part, pass) -> parts.put(part, part(pass, binarized.get(part))));
    return new PreprocessFigures(
        PreprocessFigures.FORMAT,
        Version.current(),
        source,
        target,
        new PreprocessFigures.Text(
            text.normalizePunctuation(),
            text.tokenizer().label(),
            text.subwords(),
            text.bpeOperations(),
            text.separateBpe(),
            text.lists().protectedPatterns().isPresent() ? TokenizerLists.PROTECTED_FILE : null),
        new PreprocessFigures.Cleaning(
            cleaning.minLength(), cleaning.maxLength(), cleaning.maxRatio()),
        options.vocabulary().joined(),
        options.vocabulary().paddingFactor(),
        languages,
        parts);
  }

  private PreprocessFigures.Language language(
      String language, Dictionary dictionary, PreprocessOptions.DictionaryOptions given) {
    String learned = codes.get(language);
    boolean ownList = options.text().lists().nonbreakingPrefixes().containsKey(language);
    return new PreprocessFigures.Language(
        "dict." + language + ".txt",
        dictionary.size(),
        dictionary.hash(),
        given.maxSize(),
        given.threshold(),
        ownList ? TokenizerLists.prefixesFile(language) : null,
        learned == null ? null : options.text().subwordsFile(language),
        learned);
  }

  private PreprocessFigures.Part part(TextPass.Outcome pass, Binarizer.Outcome numbered) {
    Map<String, PreprocessFigures.Counts> sides = new LinkedHashMap<>();
    sides.put(options.languages().source(), counts(numbered.source()));
    sides.put(options.languages().target(), counts(numbered.target()));
    return new PreprocessFigures.Part(pass.linesRead(), pass.linesKept(), sides);
  }

  private static PreprocessFigures.Counts counts(Binarizer.Counts counts) {
    return new PreprocessFigures.Counts(counts.tokens(), counts.unknown());
  }
}
