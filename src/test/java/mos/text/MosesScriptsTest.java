package mos.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import mos.base.LineReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Text against the Moses scripts' own output. */
class MosesScriptsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/text");

  private static List<String> lines(String name) {
    return LineReader.all(GOLDEN.resolve(name));
  }

  private static void assertTransforms(String from, String to, UnaryOperator<String> transform) {
    List<String> input = lines(from);
    List<String> expected = lines(to);
    assertThat(input).hasSameSizeAs(expected);
    for (int i = 0; i < input.size(); i++) {
      assertThat(transform.apply(input.get(i))).as("%s:%d", from, i + 1).isEqualTo(expected.get(i));
    }
  }

  private static TokenizerOptions options(boolean aggressiveDashes, boolean escape) {
    return new TokenizerOptions(
        aggressiveDashes, escape, false, Optional.empty(), ProtectedPatterns.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de", "fr"})
  void tokensEqualTokenizerPerl(String language) {
    assertTransforms(language + ".txt", language + ".tok", new MosesTokenizer(language)::tokenize);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de", "fr"})
  void aggressiveDashesEqualTokenizerPerl(String language) {
    MosesTokenizer tokenizer = new MosesTokenizer(language, options(true, true));
    assertTransforms(language + ".txt", language + ".tok-aggressive", tokenizer::tokenize);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de", "fr"})
  void unescapedTokensEqualTokenizerPerl(String language) {
    MosesTokenizer tokenizer = new MosesTokenizer(language, options(false, false));
    assertTransforms(language + ".txt", language + ".tok-no-escape", tokenizer::tokenize);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de", "fr"})
  void normalisedTextEqualsNormalizePunctuationPerl(String language) {
    PunctuationNormalizer normalizer = new PunctuationNormalizer(language);
    assertTransforms(language + ".txt", language + ".norm", normalizer::normalize);
  }

  @ParameterizedTest
  @ValueSource(strings = {"en", "de", "fr"})
  void detokenisedTextEqualsDetokenizerPerl(String language) {
    MosesDetokenizer detokenizer = new MosesDetokenizer(language);
    assertTransforms(language + ".tok", language + ".detok", detokenizer::detokenize);
  }
}
