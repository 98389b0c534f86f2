package mos.text;

import java.util.List;
import java.util.Set;

/**
 * Divides plain text into tokens separated by blanks, as Moses' tokenizer.perl does: punctuation is
 * set apart, commas within numbers and full stops after abbreviations are not, characters special
 * to Moses become entities. Safe for use by several threads.
 *
 * <p>Source: Koehn et al., Moses, ACL 2007; behaviour of tokenizer.perl without protected patterns.
 */
public final class MosesTokenizer {
  /** Passes that set commas apart unless they stand between numbers. */
  private static final List<Rewrite> COMMAS =
      List.of(
          new Rewrite(',', "([^\\p{N}]),", "$1 , "),
          new Rewrite(',', ",([^\\p{N}])", " , $1"),
          new Rewrite(',', "(\\p{N}),\\z", "$1 ,"));

  private static final Rewrite LONE_APOSTROPHE =
      new Rewrite('\'', "(\\P{IsAlphabetic})'(\\P{IsAlphabetic})", "$1 ' $2");
  private static final Rewrite APOSTROPHE_AFTER_WORD =
      new Rewrite('\'', "(\\p{IsAlphabetic})'(\\P{IsAlphabetic})", "$1 ' $2");

  /** English contractions begin with the apostrophe: {@code do n't}, {@code the 1990 's}. */
  private static final List<Rewrite> ENGLISH_APOSTROPHES =
      List.of(
          LONE_APOSTROPHE,
          new Rewrite('\'', "([^\\p{IsAlphabetic}\\p{N}])'(\\p{IsAlphabetic})", "$1 ' $2"),
          APOSTROPHE_AFTER_WORD,
          new Rewrite('\'', "(\\p{IsAlphabetic})'(\\p{IsAlphabetic})", "$1 '$2"),
          new Rewrite('\'', "(\\p{N})'(s)", "$1 '$2"));

  /** Romance elisions end with the apostrophe: {@code l' eau}. */
  private static final List<Rewrite> ELISIONS =
      List.of(
          LONE_APOSTROPHE,
          new Rewrite('\'', "(\\P{IsAlphabetic})'(\\p{IsAlphabetic})", "$1 ' $2"),
          APOSTROPHE_AFTER_WORD,
          new Rewrite('\'', "(\\p{IsAlphabetic})'(\\p{IsAlphabetic})", "$1' $2"));

  private static final List<Rewrite> OTHER_APOSTROPHES = List.of(new Rewrite('\'', "'", " ' "));
  private static final Set<String> ELIDING_LANGUAGES = Set.of("fr", "it", "ga", "ca");

  private final NonbreakingPrefixes prefixes;
  private final List<Rewrite> apostrophes;
  private final boolean aggressiveDashes;
  private final boolean escape;

  /** With the script's defaults: dashes within words stay, special characters are escaped. */
  public MosesTokenizer(String language) {
    this(language, false, true);
  }

  /**
   * A tokenizer with all options.
   *
   * @param language a two-letter code; without own abbreviations those of English are used
   * @param aggressiveDashes whether {@code a-b} becomes {@code a @-@ b}
   * @param escape whether {@code & | < > ' " [ ]} become entities
   */
  public MosesTokenizer(String language, boolean aggressiveDashes, boolean escape) {
    this.prefixes = NonbreakingPrefixes.of(language);
    this.apostrophes =
        language.equals("en")
            ? ENGLISH_APOSTROPHES
            : ELIDING_LANGUAGES.contains(language) ? ELISIONS : OTHER_APOSTROPHES;
    this.aggressiveDashes = aggressiveDashes;
    this.escape = escape;
  }

  /** Tokenises one line without its line end. A line of white space comes back as it is. */
  public String tokenize(String line) {
    if (PerlClasses.isBlank(line)) {
      return line;
    }
    String text = separateSymbols(cleanSpaces(line));
    text = Rewrite.applyAll(COMMAS, text);
    text = Rewrite.applyAll(apostrophes, text);
    text = separateFullStops(text);
    if (text.endsWith(".'")) {
      // the blank at the end is the script's
      text = text.substring(0, text.length() - 2) + " . ' ";
    }
    return escape ? MosesEntities.escape(text) : text;
  }

  /** White space becomes single blanks without any at the ends; control characters vanish. */
  private static String cleanSpaces(String line) {
    StringBuilder out = new StringBuilder(line.length());
    boolean pending = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (PerlClasses.isSpace(c)) {
        pending = out.length() > 0;
      } else if (c >= ' ') {
        if (pending) {
          out.append(' ');
          pending = false;
        }
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Sets symbols and runs of full stops apart; full stops, commas and apostrophes come later. */
  private String separateSymbols(String text) {
    StringBuilder out = new StringBuilder(text.length() + 32);
    int before = ' ';
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      int next = i + Character.charCount(c);
      if (c == '.' && next < text.length() && text.charAt(next) == '.') {
        while (next < text.length() && text.charAt(next) == '.') {
          next++;
        }
        out.append(' ').append(text, i, next).append(' ');
      } else if (c == '-' && aggressiveDashes && isBetweenAlnum(before, text, next)) {
        out.append(" @-@ ");
      } else if (staysAttached(c)) {
        out.appendCodePoint(c);
      } else {
        out.append(' ').appendCodePoint(c).append(' ');
      }
      before = c;
      i = next;
    }
    return out.toString();
  }

  private static boolean isBetweenAlnum(int before, String text, int next) {
    return PerlClasses.isAlnum(before)
        && next < text.length()
        && PerlClasses.isAlnum(text.codePointAt(next));
  }

  private static boolean staysAttached(int c) {
    return switch (c) {
      case ' ', '.', '\'', '`', ',', '-' -> true;
      default -> PerlClasses.isAlnum(c);
    };
  }

  /** Sets final full stops of words apart where they end a sentence; collapses blanks. */
  private String separateFullStops(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    for (int start = 0; start < end; ) {
      int blank = text.indexOf(' ', start);
      int stop = blank < 0 || blank > end ? end : blank;
      if (stop > start) {
        if (out.length() > 0) {
          out.append(' ');
        }
        if (endsSentence(text, start, stop, end)) {
          out.append(text, start, stop - 1).append(" .");
        } else {
          out.append(text, start, stop);
        }
      }
      start = stop + 1;
    }
    return out.toString();
  }

  /** Whether the word from start to stop ends in a full stop that is a token of its own. */
  private boolean endsSentence(String text, int start, int stop, int end) {
    if (stop - start < 2 || text.charAt(stop - 1) != '.' || text.charAt(stop - 2) == '.') {
      return false;
    }
    if (stop == end) {
      // the last word is unlikely to be an abbreviation
      return true;
    }
    String word = text.substring(start, stop - 1);
    if (word.indexOf('.') >= 0 && word.codePoints().anyMatch(PerlClasses::isAlpha)) {
      return false;
    }
    // a double blank here means an empty word next, which is neither lower case nor a number
    int next = text.codePointAt(stop + 1);
    return !prefixes.always().contains(word)
        && !Character.isLowerCase(next)
        && !(prefixes.beforeNumber().contains(word) && next >= '0' && next <= '9');
  }
}
