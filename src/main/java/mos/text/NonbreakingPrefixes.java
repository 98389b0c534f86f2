package mos.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Words that keep a following full stop: abbreviations, initials, German ordinals.
 *
 * <p>The lists are this project's own, and not those that come with Moses: {@link #read} takes
 * another in Moses' format. Beside what the file of a language holds, its list has the capitals of
 * the alphabet and the abbreviations that CLDR knows; English, German and French files are complete
 * as they are.
 *
 * @param always without regard to what follows
 * @param beforeNumber only where a digit follows
 */
public record NonbreakingPrefixes(Set<String> always, Set<String> beforeNumber) {
  /** The languages with a list of their own; the others use that of English, as in Moses. */
  public static final Set<String> LANGUAGES =
      Set.of(
          "as", "bn", "ca", "cs", "de", "el", "en", "es", "et", "fi", "fr", "ga", "gu", "hi", "hu",
          "is", "it", "kn", "lt", "lv", "ml", "mni", "mr", "nl", "or", "pa", "pl", "pt", "ro", "ru",
          "sk", "sl", "sv", "ta", "tdt", "te", "yue", "zh");

  private static final Set<String> COMPLETE = Set.of("en", "de", "fr");
  private static final String NUMERIC_ONLY = "#NUMERIC_ONLY#";

  public NonbreakingPrefixes {
    always = Set.copyOf(always);
    beforeNumber = Set.copyOf(beforeNumber);
  }

  /** The list of a language; as in Moses the English one where there is none. */
  public static NonbreakingPrefixes of(String language) {
    String known = LANGUAGES.contains(language) ? language : "en";
    NonbreakingPrefixes own = parse(resource("nonbreaking." + known));
    if (COMPLETE.contains(known)) {
      return own;
    }
    Set<String> always = new HashSet<>(CldrAbbreviations.of(known));
    always.removeAll(own.beforeNumber);
    always.addAll(own.always);
    return new NonbreakingPrefixes(always, own.beforeNumber);
  }

  /**
   * What to tell about the list of a language, where tokens may differ from those of Moses with its
   * own list. Those of English, German and French are held against Moses' output.
   */
  public static Optional<String> note(String language) {
    if (COMPLETE.contains(language)) {
      return Optional.empty();
    }
    String advice = " --nonbreaking-prefixes takes another list.";
    return Optional.of(
        LANGUAGES.contains(language)
            ? "language '"
                + language
                + "': full stops follow this program's own list of abbreviations, which is not"
                + " Moses'."
                + advice
            : "no abbreviations known for language '"
                + language
                + "': using those of English, as Moses does."
                + advice);
  }

  /**
   * Reads a file in Moses' format: a word a line, without its full stop; {@code #NUMERIC_ONLY#}
   * behind a word that keeps its full stop before numbers only; lines that begin with {@code #} are
   * comments. Of a word's several lines the last one holds.
   *
   * @throws mos.base.MosException when the file cannot be read, or is no UTF-8
   */
  public static NonbreakingPrefixes read(Path file) {
    return parse(ListFile.lines(file));
  }

  /**
   * Whether the full stop behind a word stays with it.
   *
   * @param next the first character of the next word; a blank where there is none
   */
  boolean keepsFullStop(String word, int next) {
    return always.contains(word)
        || Character.isLowerCase(next)
        || (beforeNumber.contains(word) && next >= '0' && next <= '9');
  }

  private static List<String> resource(String name) {
    try (InputStream in = NonbreakingPrefixes.class.getResourceAsStream("/mos/text/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static NonbreakingPrefixes parse(List<String> lines) {
    Set<String> always = new HashSet<>();
    Set<String> beforeNumber = new HashSet<>();
    for (String line : lines) {
      int mark = line.lastIndexOf(NUMERIC_ONLY);
      if (line.isEmpty() || line.charAt(0) == '#') {
        continue;
      }
      boolean numeric = mark > 0 && PerlClasses.isSpace(line.charAt(mark - 1));
      // further blanks belong to the word, as in the script
      String word = numeric ? line.substring(0, mark - 1) : line;
      (numeric ? always : beforeNumber).remove(word);
      (numeric ? beforeNumber : always).add(word);
    }
    return new NonbreakingPrefixes(always, beforeNumber);
  }
}
