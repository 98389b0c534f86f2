package mos.text;

import java.util.HashSet;
import java.util.Set;

/**
 * The endings that Finnish writes behind the colon of a number or an abbreviation: a case, then a
 * possessive suffix, then a particle. {@code EU:ssa}, {@code EU:nsakaan}.
 *
 * <p>A case may begin with a capital; suffixes and particles are of small letters. The list is
 * detokenizer.perl's.
 */
final class FinnishEndings {
  private static final Set<String> CASES =
      Set.of(
          "n", "a", "ä", "ssa", "ssä", "sta", "stä", "hun", "hyn", "han", "hän", "hön", "ön", "un",
          "yn", "an", "än", "seen", "lla", "llä", "lta", "ltä", "lle", "ksi", "kse", "tta", "ine");

  private static final Set<String> POSSESSIVES = Set.of("", "ni", "si", "mme", "nne", "nsa");
  private static final Set<String> PARTICLES =
      Set.of("", "ko", "kö", "han", "hän", "pa", "pä", "kaan", "kään", "kin");
  private static final Set<String> ENDINGS = all();

  private FinnishEndings() {}

  static boolean matches(String word) {
    return ENDINGS.contains(word);
  }

  private static Set<String> all() {
    Set<String> all = new HashSet<>();
    for (String ending : CASES) {
      String capital = Character.toUpperCase(ending.charAt(0)) + ending.substring(1);
      for (String possessive : POSSESSIVES) {
        for (String particle : PARTICLES) {
          all.add(ending + possessive + particle);
          all.add(capital + possessive + particle);
        }
      }
    }
    return all;
  }
}
