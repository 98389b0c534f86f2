package mos.text;

import java.util.List;

/**
 * Divides plain text into tokens separated by blanks, as Moses' tokenizer.perl does: punctuation is
 * set apart, commas within numbers and full stops after abbreviations are not, characters special
 * to Moses become entities. Safe for use by several threads.
 *
 * <p>All rules of the script for the languages that it knows are here and its options; {@code
 * -penn} is {@link PennTokenizer}. Like the script this divides Indic words at viramas.
 *
 * <p>Source: Koehn et al., Moses, ACL 2007; behaviour of tokenizer.perl.
 */
public final class MosesTokenizer {
  /** Passes that set commas apart unless they stand between numbers. */
  private static final List<Rewrite> COMMAS =
      List.of(
          new Rewrite(',', "([^\\p{N}]),", "$1 , "),
          new Rewrite(',', ",([^\\p{N}])", " , $1"),
          new Rewrite(',', "(\\p{N}),\\z", "$1 ,"));

  private final TokenizerRules rules;
  private final TokenizerOptions options;
  private final NonbreakingPrefixes prefixes;

  /** With the script's defaults. */
  public MosesTokenizer(String language) {
    this(language, TokenizerOptions.DEFAULTS);
  }

  /**
   * A tokenizer with all options.
   *
   * @param language Moses' code, such as {@code fi}. One that Moses does not know has its general
   *     rules, and English abbreviations where the options have none.
   */
  public MosesTokenizer(String language, TokenizerOptions options) {
    this.rules = TokenizerRules.of(language);
    this.options = options;
    this.prefixes = options.prefixes().orElseGet(() -> NonbreakingPrefixes.of(language));
  }

  /** Tokenises one line without its line end. A line of white space comes back as it is. */
  public String tokenize(String line) {
    if (PerlClasses.isBlank(line) || (options.skipMarkup() && PerlClasses.isMarkup(line))) {
      return line;
    }
    ProtectedPatterns.Hidden hidden = options.patterns().hide(cleanSpaces(line));
    String text = separateSymbols(hidden.text());
    text = Rewrite.applyAll(COMMAS, text);
    text = Rewrite.applyAll(rules.apostrophes(), text);
    text = separateFullStops(text);
    if (text.endsWith(".'")) {
      // the blank at the end is the script's
      text = text.substring(0, text.length() - 2) + " . ' ";
    }
    text = hidden.restore(text);
    return options.escape() ? MosesEntities.escape(text) : text;
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
      } else if (c == '-' && options.aggressiveDashes() && isBetweenAlnum(before, text, next)) {
        out.append(" @-@ ");
      } else if (rules.attached(c, text, next)) {
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
    return !prefixes.keepsFullStop(word, text.codePointAt(stop + 1));
  }
}
