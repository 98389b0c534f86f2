package mos.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of abbreviations and protected patterns, the user's and our own. */
class TokenizerFilesTest {
  @TempDir private Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("list"), text);
  }

  private static String tokens(String language, ProtectedPatterns patterns, String line) {
    TokenizerOptions options = TokenizerOptions.DEFAULTS.with(Optional.empty(), patterns);
    return new MosesTokenizer(language, options).tokenize(line);
  }

  @Test
  void aUsersListTakesThePlaceOfOurOwn() throws IOException {
    NonbreakingPrefixes list =
        NonbreakingPrefixes.read(
            file("\ufeff# mine\r\n\r\nMx\r\nNo #NUMERIC_ONLY#\r\nFoo\nFoo #NUMERIC_ONLY#\n"));
    assertThat(list.always()).containsExactly("Mx");
    assertThat(list.beforeNumber()).containsExactlyInAnyOrder("No", "Foo");
    TokenizerOptions options =
        TokenizerOptions.DEFAULTS.with(Optional.of(list), ProtectedPatterns.NONE);
    assertThat(new MosesTokenizer("en", options).tokenize("Mx. Dr. Foo. 5 Foo. X y"))
        .isEqualTo("Mx. Dr . Foo. 5 Foo . X y");
  }

  @Test
  void listsThatAreNoTextAreRefused() throws IOException {
    Path latin = folder.resolve("latin1");
    Files.write(latin, "Dr\nn\u00e4ml\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> NonbreakingPrefixes.read(latin))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("latin1:2")
        .hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> NonbreakingPrefixes.read(folder.resolve("none")))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("none");
  }

  @Test
  void everyLanguageOfMosesHasAList() {
    for (String language : NonbreakingPrefixes.LANGUAGES) {
      NonbreakingPrefixes list = NonbreakingPrefixes.of(language);
      assertThat(list.always()).as(language).contains("A", "Z");
      assertThat(list.always()).as(language).noneMatch(list.beforeNumber()::contains);
      assertThat(list.always()).as(language).noneMatch(word -> word.matches(".*[. ].*"));
    }
  }

  @Test
  void alphabetsAndDatesComeFromCldr() {
    assertThat(NonbreakingPrefixes.of("ru").always()).contains("Ж", "янв", "тел", "ул");
    assertThat(NonbreakingPrefixes.of("cs").always()).contains("Ž", "Č", "Ř", "např");
    assertThat(NonbreakingPrefixes.of("hu").always()).contains("szept", "Szept", "ifj");
    assertThat(NonbreakingPrefixes.of("es").always()).contains("Excmo", "sept", "Ñ");
    assertThat(NonbreakingPrefixes.of("el").always()).contains("Ω", "Ιαν");
  }

  @Test
  void whatIsNotMosesOwnIsSaid() {
    assertThat(NonbreakingPrefixes.note("de")).isEmpty();
    assertThat(NonbreakingPrefixes.note("fi")).get().asString().contains("'fi'", "own list");
    assertThat(NonbreakingPrefixes.note("xx")).get().asString().contains("'xx'", "English");
  }

  @Test
  void protectedTextStaysOneToken() throws IOException {
    ProtectedPatterns patterns =
        ProtectedPatterns.read(
            file(
                "\\d+:\\d+\r\n\nhttp[s]?:\\/\\/[^:\\/\\s]+(\\/\\w+)*\\/?\n[\\w.]+\\@[\\w.]+\\w\n"));
    assertThat(tokens("en", patterns, "At 11:00, see http://a.b/c-d? (x.y@z.de, 0:1-11:00)"))
        .isEqualTo("At 11:00 , see http://a.b/c -d ? ( x.y@z.de , 0:1 - 11:00 )");
    assertThat(tokens("en", patterns, "http://a.b/'x&y")).isEqualTo("http://a.b/ &apos; x &amp; y");
    assertThat(tokens("en", patterns, "nothing: here")).isEqualTo("nothing : here");
  }

  @Test
  void protectedTextIsFreeToContainDigitsOfOtherPlaceHolders() throws IOException {
    ProtectedPatterns patterns = ProtectedPatterns.read(file("\\d+\n"));
    assertThat(tokens("en", patterns, "5%, 0%, 1:1% 2% 3% 4% 6% 7% 8% 9% 10% 0"))
        .isEqualTo("5 % , 0 % , 1 : 1 % 2 % 3 % 4 % 6 % 7 % 8 % 9 % 10 % 0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "a*", "x|"})
  void patternsThatCannotProtectAreRefusedWithTheirLine(String pattern) throws IOException {
    Path file = file("ok\n" + pattern + "\n");
    assertThatThrownBy(() -> ProtectedPatterns.read(file))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("list:2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "en\tDr. Smith's house cost $5,000.50 (3%), didn't it?",
        "en\tThe boys' team won 3-1; \"great\" [sic]!",
        "de\tHerr Dr. Müller sagte: „Ja“, am 3. Mai.",
        "fr\tL'eau n'est pas d'or, c'est 5,3.",
        "it\tL'acqua dell'isola costa €5, un albero.",
        "es\t¿Qué dijo el Sr. López? ¡Nada!",
        "cs\tNapř. prof. Novák řekl: „Ano“, 3,5 a dost.",
        "fi\tEU:n ja USA:ssa, YK:lle (esim. Oslo).",
        "sv\tUSA:s president, S:t Eriks och 20:e.",
        "ca\tLa col·lecció és gran.",
        "tdt\tha'u bá sa'e ne'ebé.",
        "ru\tПроф. Иванов из г. Москва, стр. 5.",
        "pl\tNp. prof. Kowalski z ul. Długiej.",
        "pt\tO Sr. Silva pagou 5,00 à Dra. Lima."
      })
  void textComesBackFromItsTokens(String languageAndText) {
    String language = languageAndText.substring(0, languageAndText.indexOf('\t'));
    String text = languageAndText.substring(language.length() + 1);
    String tokens = new MosesTokenizer(language).tokenize(text);
    assertThat(tokens).isNotEqualTo(text);
    assertThat(new MosesDetokenizer(language).detokenize(tokens)).isEqualTo(text);
  }
}
