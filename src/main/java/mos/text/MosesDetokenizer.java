package mos.text;

import java.util.HashMap;
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
  private static final Set<String> ELIDING_LANGUAGES = Set.of("fr", "it", "ga");

  private final boolean english;
  private final boolean french;
  private final boolean eliding;

  /** Joins text of a language, given by its two-letter code. */
  public MosesDetokenizer(String language) {
    english = language.equals("en");
    french = language.equals("fr");
    eliding = ELIDING_LANGUAGES.contains(language);
  }

  /** Detokenises one line. Blank lines and lines of markup alone come back as they are. */
  public String detokenize(String line) {
    boolean markup = line.length() > 2 && line.startsWith("<") && line.endsWith(">");
    if (markup || PerlClasses.isBlank(line)) {
      return line;
    }
    String text = MosesEntities.unescape((" " + line + " ").replace(" @-@ ", "-"));
    String[] words = text.split(" ");
    Joined joined = new Joined();
    for (int i = 0; i < words.length; i++) {
      add(joined, words, i);
    }
    String result = BLANKS.matcher(joined.text).replaceAll(" ");
    int start = result.startsWith(" ") ? 1 : 0;
    int end = result.endsWith(" ") ? result.length() - 1 : result.length();
    return result.substring(start, Math.max(start, end));
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

  private void add(Joined joined, String[] words, int i) {
    String word = words[i];
    String previous = i > 0 ? words[i - 1] : "";
    if (startsWithCjk(word)) {
      if (endsWithCjk(previous)) {
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
    } else if (english && isContraction(word) && endsWithAlnum(previous)) {
      joined.attachToPrevious(word);
    } else if (eliding
        && i + 1 < words.length
        && isElision(word)
        && startsWithAlpha(words[i + 1])) {
      joined.attachNext(word);
    } else if (QUOTES.matcher(word).matches()) {
      addQuote(joined, word, previous);
    } else {
      joined.word(word);
    }
  }

  /** Opening and closing marks alternate; an English plural's possessive apostrophe is neither. */
  private void addQuote(Joined joined, String word, String previous) {
    String kind = CURLED_QUOTES.matcher(word).matches() ? "\"" : word;
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

  private static boolean isContraction(String word) {
    return word.startsWith("'") && startsWithAlpha(word.substring(1));
  }

  private static boolean isElision(String word) {
    return word.length() > 1
        && word.endsWith("'")
        && PerlClasses.isAlpha(word.codePointBefore(word.length() - 1));
  }

  private static boolean startsWithAlpha(String word) {
    return !word.isEmpty() && PerlClasses.isAlpha(word.codePointAt(0));
  }

  private static boolean endsWithAlnum(String word) {
    return !word.isEmpty() && PerlClasses.isAlnum(word.codePointBefore(word.length()));
  }

  private static boolean startsWithCjk(String word) {
    return !word.isEmpty() && isCjk(word.codePointAt(0));
  }

  private static boolean endsWithCjk(String word) {
    return !word.isEmpty() && isCjk(word.codePointBefore(word.length()));
  }

  /** Characters of Chinese, Japanese and Korean, whose words are written without blanks. */
  private static boolean isCjk(int c) {
    return between(c, 0x1100, 0x11FF) // Hangul Jamo
        || between(c, 0x2E80, 0xA4CF) // radicals, kana, bopomofo, ideographs, Yi
        || between(c, 0xA840, 0xA87F) // Phags-pa
        || between(c, 0xAC00, 0xD7AF) // Hangul syllables
        || between(c, 0xF900, 0xFAFF) // compatibility ideographs
        || between(c, 0xFE30, 0xFE4F) // compatibility forms
        || between(c, 0xFF65, 0xFFDC) // half-width forms
        || between(c, 0x20000, 0x2FFFF); // supplementary ideographic plane
  }

  private static boolean between(int c, int first, int last) {
    return c >= first && c <= last;
  }
}
