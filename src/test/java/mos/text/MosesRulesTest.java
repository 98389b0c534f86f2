package mos.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rules of the Moses scripts that ordinary text seldom shows. */
class MosesRulesTest {
  private static String tokens(String language, String line) {
    TokenizerOptions plain =
        new TokenizerOptions(false, false, false, Optional.empty(), ProtectedPatterns.NONE);
    return new MosesTokenizer(language, plain).tokenize(line);
  }

  @Test
  void apostrophesGoWithTheLanguage() {
    assertThat(tokens("en", "I don't in the 1990's say 'no'"))
        .isEqualTo("I don 't in the 1990 's say ' no'");
    assertThat(tokens("fr", "l'eau d'or")).isEqualTo("l' eau d' or");
    assertThat(tokens("de", "geht's")).isEqualTo("geht ' s");
  }

  @Test
  void commasStayWithinNumbersOnly() {
    assertThat(tokens("en", "1,000 a,b 5, 6,")).isEqualTo("1,000 a , b 5 , 6 ,");
  }

  @Test
  void fullStopsStayAfterAbbreviationsAndBeforeSmallLetters() {
    assertThat(tokens("en", "Dr. No. 5 No. Way approx. five end. New A.B. X."))
        .isEqualTo("Dr. No. 5 No . Way approx. five end . New A.B. X .");
    assertThat(tokens("de", "am 3. Mai")).isEqualTo("am 3. Mai");
    assertThat(tokens("fr", "M. Jean cf. Paris")).isEqualTo("M. Jean cf. Paris");
  }

  @Test
  void runsOfFullStopsStayTogether() {
    assertThat(tokens("en", "Wait...what.. ...")).isEqualTo("Wait ... what .. ...");
  }

  @Test
  void controlCharactersVanishAndSpacesBecomeBlanks() {
    assertThat(tokens("en", "\u00a0a\u0001b\tc\u2028d ")).isEqualTo("ab c d");
    assertThat(tokens("en", " \t ")).isEqualTo(" \t ");
    assertThat(tokens("en", "\u0001")).isEmpty();
  }

  @Test
  void charactersBeyondTheBasicPlaneAreWhole() {
    assertThat(tokens("en", "a😀b 𝐀𝟘")).isEqualTo("a 😀 b 𝐀𝟘");
  }

  @Test
  void specialCharactersAreEscapedOnce() {
    MosesTokenizer tokenizer = new MosesTokenizer("en");
    assertThat(tokenizer.tokenize("<a|b> [\"&amp;\"]"))
        .isEqualTo("&lt; a &#124; b &gt; &#91; &quot; &amp; amp ; &quot; &#93;");
    assertThat(new MosesDetokenizer("en").detokenize("&amp;quot; &#91; x &#93; can &apos;t"))
        .isEqualTo("&quot; [x] can't");
  }

  @Test
  void unknownLanguagesUseEnglishAbbreviations() {
    assertThat(tokens("xx", "Dr. Who")).isEqualTo("Dr. Who");
    assertThat(tokens("../x", "Dr. Who")).isEqualTo("Dr. Who");
  }

  @Test
  void noBreakSpacesNormaliseWithTheLanguage() {
    assertThat(new PunctuationNormalizer("de").normalize("10\u00a0000\u00a0%"))
        .isEqualTo("10,000%");
    assertThat(new PunctuationNormalizer("en").normalize("10\u00a0000")).isEqualTo("10.000");
    assertThat(new PunctuationNormalizer("fr").normalize("«\u00a0oui\u00a0»\u00a0!"))
        .isEqualTo("\"oui\" !");
    assertThat(new PunctuationNormalizer("fr").normalize("oui.\"")).isEqualTo("oui\".");
  }

  @Test
  void detokenisingJoinsCjkWordsAndFrenchElisions() {
    assertThat(new MosesDetokenizer("en").detokenize("日本 語 test")).isEqualTo("日本語 test");
    assertThat(new MosesDetokenizer("fr").detokenize("l&apos; eau ( 5 $ ) !"))
        .isEqualTo("l'eau (5 $) !");
  }
}
