package mos.sample;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A sentence with slots in both languages. A slot is written {@code {kind}}, or {@code {kind2}} for
 * a second one of its kind; in German {@code .acc} or {@code .dat} may follow.
 *
 * @param en the English sentence with its slots
 * @param de the German sentence with the same slots, in any order
 */
record Frame(String en, String de) {
  private static final Pattern SLOT =
      Pattern.compile("\\{(?<key>(?<kind>[a-z]+)\\d?)(?:\\.(?<case>acc|dat))?\\}");

  Frame {
    if (!keys(en).equals(keys(de))) {
      throw new IllegalArgumentException(
          "frame \"" + en + "\": slots " + keys(en) + ", but in German " + keys(de));
    }
  }

  private static TreeSet<String> keys(String sentence) {
    TreeSet<String> keys = new TreeSet<>();
    SLOT.matcher(sentence).results().forEach(slot -> keys.add(slot.group(1)));
    return keys;
  }

  /** The kinds of its slots, in the order of the English sentence. */
  List<String> kinds() {
    return SLOT.matcher(en).results().map(slot -> slot.group(2)).toList();
  }

  /** Draws a filler for every slot; two slots of one kind never get the same words. */
  SentencePair fill(Fillers fillers, Dice dice) {
    Map<String, Filler> chosen = new LinkedHashMap<>();
    for (MatchResult slot : SLOT.matcher(en).results().toList()) {
      Filler filler = fillers.draw(slot.group(2), dice);
      while (chosen.containsValue(filler)) {
        filler = fillers.draw(slot.group(2), dice);
      }
      chosen.put(slot.group(1), filler);
    }
    String english = replace(en, slot -> chosen.get(slot.group(1)).en());
    String german = replace(de, slot -> chosen.get(slot.group(1)).german(slot.group(3)));
    return new SentencePair(capitalised(english), capitalised(german));
  }

  private static String replace(String sentence, Function<MatchResult, String> words) {
    return SLOT.matcher(sentence).replaceAll(slot -> Matcher.quoteReplacement(words.apply(slot)));
  }

  private static String capitalised(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }
}
