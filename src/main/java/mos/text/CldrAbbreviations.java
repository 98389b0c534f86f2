package mos.text;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.DateFormatSymbols;
import com.ibm.icu.text.UnicodeSet;
import com.ibm.icu.util.LocaleData;
import com.ibm.icu.util.ULocale;
import com.ibm.icu.util.UResourceBundle;
import java.util.HashSet;
import java.util.MissingResourceException;
import java.util.Set;

/**
 * What CLDR knows of a language's abbreviations: the capitals of its alphabet (initials), months
 * and days that are written with a full stop, and the words that its sentence breaks pass over.
 *
 * <p>Source: Unicode CLDR, as ICU has it.
 */
final class CldrAbbreviations {
  private static final String SENTENCES = "com/ibm/icu/impl/data/icudata/brkitr";
  private static final int[] ALPHABETS = {LocaleData.ES_STANDARD, LocaleData.ES_INDEX};
  private static final int[] CONTEXTS = {DateFormatSymbols.FORMAT, DateFormatSymbols.STANDALONE};

  private CldrAbbreviations() {}

  /** The words, without their full stop; Latin initials are among those of every language. */
  static Set<String> of(String language) {
    ULocale locale = new ULocale(language);
    Set<String> words = new HashSet<>();
    addInitials(words, locale);
    addDates(words, locale);
    addSentenceExceptions(words, locale);
    return words;
  }

  private static void addInitials(Set<String> words, ULocale locale) {
    for (char latin = 'A'; latin <= 'Z'; latin++) {
      words.add(String.valueOf(latin));
    }
    for (int alphabet : ALPHABETS) {
      UnicodeSet letters = LocaleData.getExemplarSet(locale, 0, alphabet);
      for (String letter : letters) {
        String capital = UCharacter.toUpperCase(locale, letter);
        if (capital.codePointCount(0, capital.length()) == 1
            && Character.isLetter(capital.codePointAt(0))) {
          words.add(capital);
        }
      }
    }
  }

  private static void addDates(Set<String> words, ULocale locale) {
    DateFormatSymbols symbols = new DateFormatSymbols(locale);
    for (int context : CONTEXTS) {
      for (String month : symbols.getMonths(context, DateFormatSymbols.ABBREVIATED)) {
        addDate(words, locale, month);
      }
      for (String day : symbols.getWeekdays(context, DateFormatSymbols.ABBREVIATED)) {
        addDate(words, locale, day);
      }
    }
  }

  /** The last word of a date that ends in a full stop, as it is and with a capital. */
  private static void addDate(Set<String> words, ULocale locale, String date) {
    if (!date.endsWith(".")) {
      return;
    }
    String text = date.substring(0, date.length() - 1);
    int start = text.length();
    while (start > 0 && PerlClasses.isAlpha(text.codePointBefore(start))) {
      start -= Character.charCount(text.codePointBefore(start));
    }
    String word = text.substring(start);
    if (!word.isEmpty()) {
      words.add(word);
      int first = word.offsetByCodePoints(0, 1);
      words.add(UCharacter.toUpperCase(locale, word.substring(0, first)) + word.substring(first));
    }
  }

  private static void addSentenceExceptions(Set<String> words, ULocale locale) {
    UResourceBundle bundle = UResourceBundle.getBundleInstance(SENTENCES, locale);
    if (!bundle.getULocale().getLanguage().equals(locale.getLanguage())) {
      return; // another language's, for want of one
    }
    try {
      for (String word : strings(bundle.get("exceptions").get("SentenceBreak"))) {
        String text = word.endsWith(".") ? word.substring(0, word.length() - 1) : "";
        // words with an inner full stop keep the last one anyway
        if (!text.isEmpty() && text.codePoints().allMatch(PerlClasses::isAlnum)) {
          words.add(text);
        }
      }
    } catch (MissingResourceException none) {
      return;
    }
  }

  private static Set<String> strings(UResourceBundle list) {
    Set<String> strings = new HashSet<>();
    for (int i = 0; i < list.getSize(); i++) {
      strings.add(list.getString(i));
    }
    return strings;
  }
}
