package mos.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.DataLock;
import mos.base.Sha256;
import mos.results.PreprocessFigures;
import mos.results.ResultJson;

/**
 * A data folder that may hold an earlier preparation. All sets of a folder belong to one: what a
 * new preparation does not replace must have been made with the same dictionaries, BPE codes and
 * steps, or nothing is written.
 */
final class PreparedFolder {
  private static final Pattern CORPUS =
      Pattern.compile("([^.]+)\\.([^.-]+-[^.-]+)\\.[^.]+(?:\\.(?:bin|idx))?");

  private final Path folder;
  private final PreprocessOptions options;
  private final Optional<PreprocessFigures> before;
  private final List<String> kept;

  /**
   * @param options of the new preparation
   */
  PreparedFolder(PreprocessOptions options) throws IOException {
    this.folder = options.destination();
    this.options = options;
    Path description = folder.resolve(Preprocessor.DESCRIPTION);
    this.before =
        Files.exists(description)
            ? Optional.of(ResultJson.read(description, PreprocessFigures.class))
            : Optional.empty();
    this.kept = kept();
  }

  /** The sets that are here and that the new preparation does not make, such as test.en-de. */
  private List<String> kept() throws IOException {
    Set<String> made = options.inputs().parts().keySet();
    Set<String> sets = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Matcher name = CORPUS.matcher(file.getFileName().toString());
        if (name.matches()) {
          boolean same = name.group(2).equals(options.languages().toString());
          if (!same || !made.contains(name.group(1))) {
            sets.add(name.group(1) + "." + name.group(2));
          }
        }
      }
    }
    return List.copyOf(sets);
  }

  /**
   * Refuses early what is known to differ without reading text.
   *
   * @throws ConfigurationException naming what would stay and what differs
   */
  void checkOptions() {
    if (kept.isEmpty()) {
      return;
    }
    List<String> differences = new ArrayList<>();
    String pair = options.languages().toString();
    if (kept.stream().anyMatch(set -> !set.endsWith("." + pair))) {
      differences.add("languages");
    }
    if (before.isPresent()) {
      PreprocessOptions.Text text = options.text();
      PreprocessFigures.Text old = before.get().text();
      boolean learned = text.bpeOperations() > 0;
      compare(
          differences,
          "punctuation normalisation",
          old.normalizePunctuation(),
          text.normalizePunctuation());
      compare(differences, "tokeniser", old.tokenizer(), text.tokenizer().label());
      compare(differences, "BPE or SentencePiece", old.bpe(), text.subwords());
      if (learned) {
        compare(differences, "number of BPE operations", old.bpeOperations(), text.bpeOperations());
      }
    }
    refuse(differences);
  }

  /**
   * Refuses what was made with other dictionaries or codes.
   *
   * @param made holds the files of the new preparation
   */
  void checkMade(Path made) throws IOException {
    if (kept.isEmpty()) {
      return;
    }
    List<String> differences = new ArrayList<>();
    for (String language : List.of(options.languages().source(), options.languages().target())) {
      String name = "dict." + language + ".txt";
      compare(differences, "dictionary of " + language, hash(folder, name), hash(made, name));
      String prefixes = TokenizerLists.prefixesFile(language);
      compare(differences, "nonbreaking prefixes", hash(folder, prefixes), hash(made, prefixes));
    }
    String patterns = TokenizerLists.PROTECTED_FILE;
    compare(differences, "protected patterns", hash(folder, patterns), hash(made, patterns));
    Set<String> codes = new TreeSet<>();
    codes.add(options.text().subwordsFile(options.languages().source()));
    codes.add(options.text().subwordsFile(options.languages().target()));
    for (String name : codes) {
      compare(
          differences, "BPE codes or SentencePiece model", hash(folder, name), hash(made, name));
    }
    refuse(differences);
  }

  private static String hash(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    return Files.exists(file) ? Sha256.of(Files.readAllBytes(file)) : "none";
  }

  private static void compare(List<String> differences, String what, Object old, Object now) {
    if (!old.equals(now) && !differences.contains(what)) {
      differences.add(what);
    }
  }

  private void refuse(List<String> differences) {
    if (!differences.isEmpty()) {
      throw new ConfigurationException(
          folder
              + ": "
              + String.join(", ", kept)
              + " would stay from an earlier preparation with other "
              + String.join(", ", differences)
              + "; all sets of a folder must belong to one preparation. Prepare them together"
              + " (--trainpref, --validpref, --testpref), or name another --destdir");
    }
  }

  /**
   * Puts new files in place of old ones, the description last.
   *
   * @param made holds the files of the new preparation
   * @return the description, which tells of what is kept too
   */
  PreprocessFigures replaceBy(Path made, PreprocessFigures description) throws IOException {
    Path file = folder.resolve(Preprocessor.DESCRIPTION);
    Map<String, PreprocessFigures.Part> parts = new LinkedHashMap<>(description.parts());
    before
        .map(PreprocessFigures::parts)
        .orElse(Map.of())
        .forEach(
            (part, figures) -> {
              if (kept.contains(part + "." + options.languages())) {
                parts.put(part, inOrder(figures));
              }
            });
    PreprocessFigures all = description.withParts(parts);
    try (DataLock lock = DataLock.replacing(folder);
        Stream<Path> files = Files.list(made)) {
      AtomicFile.delete(file);
      if (kept.isEmpty()) {
        deleteCodes();
      }
      for (Path one : files.sorted().toList()) {
        Path target = folder.resolve(one.getFileName().toString());
        AtomicFile.move(one, target);
      }
      ResultJson.write(file, all);
    }
    return all;
  }

  /** Source before target, as in a new description: equal folders have equal bytes. */
  private PreprocessFigures.Part inOrder(PreprocessFigures.Part read) {
    Map<String, PreprocessFigures.Counts> sides = new LinkedHashMap<>();
    for (String language : List.of(options.languages().source(), options.languages().target())) {
      sides.put(language, read.sides().get(language));
    }
    return new PreprocessFigures.Part(read.linesRead(), read.lines(), sides);
  }

  /** Codes that the new preparation may not have. */
  private void deleteCodes() {
    AtomicFile.delete(folder.resolve("codes"));
    AtomicFile.delete(folder.resolve("codes." + options.languages().source()));
    AtomicFile.delete(folder.resolve("codes." + options.languages().target()));
    ParallelCorpus.LanguagePair pair = options.languages();
    for (String copy : SentencePieceFiles.copies(pair.source(), pair.target())) {
      AtomicFile.delete(folder.resolve(copy));
    }
  }
}
