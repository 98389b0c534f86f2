package mos.data;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import mos.base.AtomicFile;
import mos.base.LineReader;

/**
 * What the tokeniser reads from files instead of using its own lists.
 *
 * @param nonbreakingPrefixes words that keep their full stop, by language, in Moses' format
 * @param protectedPatterns regular expressions of text that stays one token, if any
 */
public record TokenizerLists(
    Map<String, Path> nonbreakingPrefixes, Optional<Path> protectedPatterns) {
  /** The tokeniser's own. */
  public static final TokenizerLists NONE = new TokenizerLists(Map.of(), Optional.empty());

  /** The data folder's copy of {@link #protectedPatterns}. */
  public static final String PROTECTED_FILE = "protected-patterns";

  public TokenizerLists {
    nonbreakingPrefixes = Map.copyOf(nonbreakingPrefixes);
  }

  /** The data folder's copy of a language's list; the name is Moses'. */
  public static String prefixesFile(String language) {
    return "nonbreaking_prefix." + language;
  }

  /**
   * Copies the lists into a data folder: what is translated later must be tokenised as the training
   * text was.
   */
  void keepIn(Path folder) {
    nonbreakingPrefixes.forEach((language, file) -> copy(file, folder, prefixesFile(language)));
    protectedPatterns.ifPresent(file -> copy(file, folder, PROTECTED_FILE));
  }

  private static void copy(Path file, Path folder, String name) {
    AtomicFile.writeString(folder.resolve(name), String.join("\n", LineReader.all(file)) + "\n");
  }
}
