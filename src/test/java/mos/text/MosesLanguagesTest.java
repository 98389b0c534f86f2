package mos.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.base.LineReader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of the Moses scripts for one language or some, against their output. */
class MosesLanguagesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/text/languages.tsv");

  /** One call of a script. */
  record Call(String script, String language, String options, String input, String output) {}

  static List<Call> calls() {
    return LineReader.all(GOLDEN).stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("\t", -1))
        .map(field -> new Call(field[0], field[1], field[2], field[3], field[4]))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("calls")
  void outputEqualsTheScripts(Call call) {
    assertThat(output(call)).isEqualTo(call.output());
  }

  private static String output(Call call) {
    String options = call.options();
    switch (call.script()) {
      case "tok" -> {
        if (options.equals("-penn")) {
          NonbreakingPrefixes prefixes = NonbreakingPrefixes.of(call.language());
          return new PennTokenizer(prefixes, false).tokenize(call.input());
        }
        TokenizerOptions chosen =
            new TokenizerOptions(
                options.equals("-a"),
                !options.equals("-no-escape"),
                options.equals("-x"),
                Optional.empty(),
                ProtectedPatterns.NONE);
        return new MosesTokenizer(call.language(), chosen).tokenize(call.input());
      }
      case "detok" -> {
        if (options.equals("-penn")) {
          return new PennDetokenizer().detokenize(call.input());
        }
        String text = new MosesDetokenizer(call.language()).detokenize(call.input());
        return options.equals("-u") ? MosesDetokenizer.capitalize(text) : text;
      }
      case "norm" -> {
        return new PunctuationNormalizer(call.language(), options.equals("-penn"))
            .normalize(call.input());
      }
      default -> throw new AssertionError(call.script());
    }
  }
}
