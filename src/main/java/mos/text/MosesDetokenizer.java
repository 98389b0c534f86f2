package mos.text;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Joins tokens back into plain text, as Moses' detokenizer.perl does: entities become characters,
 * {@code @-@} a dash, and punctuation moves to the word it belongs to. Safe for use by several
 * threads.
 */
public final class MosesDetokenizer {
  private static final Pattern OPENING = Pattern.compile("[\\p{Sc}(\\[{¿¡]+");
  private static final Pattern CLOSING = Pattern.compile("[,.?!:;\\\\%}\\])]+");
  private static final Pattern FRENCH_SPACED = Pattern.compile("[?!:;\\\\%]");
  private static final Pattern QUOTES = Pattern.compile("['\"„“`]+");
  private static final Pattern CURLED_QUOTES = Pattern.compile("[„“”]+");
  private static final Pattern BLANKS = Pattern.compile(" {2,}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");
  private static final Pattern DECIMAL_MARK = Pattern.compile("[.,]");
  private static final Pattern DASH = Pattern.compile("[-–]");

  /** What Czech writes behind a dash: the particle of by-li, and the mail of e-mail. */
  private static final Pattern CZECH_DASHED =
      Pattern.compile("li|mail.*", Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

  /** The languages that the script has rules for; the others have its general ones. */
  public static final Set<String> LANGUAGES = Set.of("cs", "en", "fi", "fr", "it");

  private final boolean czech;
  private final boolean english;
  private final boolean finnish;
  private final boolean french;
  private final boolean eliding;
  private final boolean joinsCjk;

  /**
   * Joins text of a language.
   *
   * @param language Moses' code: see {@link #LANGUAGES}; words of Chinese, Japanese and Korean
   *     characters are joined in texts of any language but {@code ko}
   */
  public MosesDetokenizer(String language) {
    czech = language.equals("cs");
    english = language.equals("en");
    finnish = language.equals("fi");
    french = language.equals("fr");
    eliding = french || language.equals("it");
    joinsCjk = !language.equals("ko");
  }

  /** Detokenises one line. Blank lines and lines of markup alone come back as they are. */
  public String detokenize(String line) {
    if (PerlClasses.isMarkup(line) || PerlClasses.isBlank(line)) {
      return line;
    }
    String text = MosesEntities.unescape((" " + line + " ").replace(" @-@ ", "-"));
    String[] words = text.split(" ");
    Joined joined = new Joined();
    for (int i = 0; i < words.length; ) {
      i += add(joined, words, i);
    }
    return cleanBlanks(joined.text);
  }

  /** Without double blanks, and without any at the ends. */
  static String cleanBlanks(CharSequence text) {
    String result = BLANKS.matcher(text).replaceAll(" ");
    int start = result.startsWith(" ") ? 1 : 0;
    int end = result.endsWith(" ") ? result.length() - 1 : result.length();
    return result.substring(start, Math.max(start, end));
  }

  /** A line with its first letter a capital, where only punctuation stands before it. */
  public static String capitalize(String line) {
    int i = 0;
    while (i < line.length() && PerlClasses.isPunctuation(line.codePointAt(i))) {
      i += Character.charCount(line.codePointAt(i));
    }
    if (i == line.length() || !PerlClasses.isAlpha(line.codePointAt(i))) {
      return line;
    }
    int next = i + Character.charCount(line.codePointAt(i));
    return line.substring(0, i)
        + line.substring(i, next).toUpperCase(Locale.ROOT)
        + line.substring(next);
  }

  /** The text so far, whether a blank goes before the next word, and open quotation marks. */
  private static final class Joined {
    private final StringBuilder text = new StringBuilder();
    private final Map<String, Integer> quotes = new HashMap<>();
    private String blank = " ";

    void word(String word) {
      text.append(blank).append(word);
      blank = " ";
    }

    void attachToPrevious(String word) {
      text.append(word);
      blank = " ";
    }

    void attachNext(String word) {
      text.append(blank).append(word);
      blank = "";
    }
  }

  /** Adds word i, and says how many words that took. */
  private int add(Joined joined, String[] words, int i) {
    String word = words[i];
    String previous = i > 0 ? words[i - 1] : "";
    if (CjkCharacters.starts(word)) {
      if (joinsCjk && CjkCharacters.ends(previous)) {
        joined.attachToPrevious(word);
      } else {
        joined.word(word);
      }
    } else if (OPENING.matcher(word).matches()) {
      joined.attachNext(word);
    } else if (CLOSING.matcher(word).matches()) {
      if (french && FRENCH_SPACED.matcher(word).matches()) {
        joined.text.append(' ');
      }
      joined.attachToPrevious(word);
    } else if (english && isContraction(previous, word)) {
      joined.attachToPrevious(word);
    } else if (czech && endsDecimal(words, i)) {
      joined.attachToPrevious(word);
    } else if (eliding
        && i + 1 < words.length
        && isElision(word)
        && startsWithAlpha(words[i + 1])) {
      joined.attachNext(word);
    } else if (czech && beginsDashed(words, i)) {
      joined.attachNext(word + words[i + 1]);
      return 2;
    } else if (QUOTES.matcher(word).matches()) {
      addQuote(joined, word, previous);
    } else if (finnish && previous.endsWith(":") && FinnishEndings.matches(word)) {
      joined.attachToPrevious(word.toLowerCase(Locale.ROOT));
    } else {
      joined.word(word);
    }
    return 1;
  }

  /** Whether word i is the fraction of a decimal number in three words. */
  private static boolean endsDecimal(String[] words, int i) {
    return i > 1
        && NUMBER.matcher(words[i]).matches()
        && DECIMAL_MARK.matcher(words[i - 1]).matches()
        && NUMBER.matcher(words[i - 2]).matches();
  }

  /**
   * Whether word i belongs to the dash and the word behind it; as in the script, not at the end.
   */
  private static boolean beginsDashed(String[] words, int i) {
    return i + 3 < words.length
        && endsWithAlpha(words[i])
        && DASH.matcher(words[i + 1]).matches()
        && CZECH_DASHED.matcher(words[i + 2]).matches();
  }

  /** Opening and closing marks alternate; an English plural's possessive apostrophe is neither. */
  private void addQuote(Joined joined, String word, String previous) {
    String kind = CURLED_QUOTES.matcher(word).matches() ? "\"" : word;
    if (czech && (word.equals("„") || word.equals("“"))) {
      // this language opens with the low marks and closes with the high ones
      joined.quotes.put(kind, word.equals("„") ? 0 : 1);
    }
    boolean opening = joined.quotes.getOrDefault(kind, 0) % 2 == 0;
    if (opening && english && word.equals("'") && previous.endsWith("s")) {
      joined.attachToPrevious(word);
      return;
    }
    joined.quotes.merge(kind, 1, Integer::sum);
    if (opening) {
      joined.attachNext(word);
    } else {
      joined.attachToPrevious(word);
    }
  }

  /** Whether a word is the second half of an English contraction. */
  static boolean isContraction(String previous, String word) {
    return word.startsWith("'") && startsWithAlpha(word.substring(1)) && endsWithAlnum(previous);
  }

  private static boolean isElision(String word) {
    return word.length() > 1
        && word.endsWith("'")
        && PerlClasses.isAlpha(word.codePointBefore(word.length() - 1));
  }

  private static boolean startsWithAlpha(String word) {
    return !word.isEmpty() && PerlClasses.isAlpha(word.codePointAt(0));
  }

  private static boolean endsWithAlpha(String word) {
    return !word.isEmpty() && PerlClasses.isAlpha(word.codePointBefore(word.length()));
  }

  private static boolean endsWithAlnum(String word) {
    return !word.isEmpty() && PerlClasses.isAlnum(word.codePointBefore(word.length()));
  }
}
