package mos.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Text that is divided into tokens and joined again, as a translation is. */
class RoundTripTest {
  private static final ProtectedPatterns PATTERNS =
      ProtectedPatterns.read(Path.of("configs/protected-patterns"));

  private static String back(String language, String line, ProtectedPatterns patterns) {
    TokenizerOptions options = TokenizerOptions.DEFAULTS.with(Optional.empty(), patterns);
    String tokens = new MosesTokenizer(language, options).tokenize(line);
    return new MosesDetokenizer(language).detokenize(new TokenJoins(language).join(tokens));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en|The train leaves at 11:00, the next one at 23:05:59.",
        "en|See https://example.org/a/b?c=d for more.",
        "en|Set max_line_length in my_file, then call open() or see ls(1).",
        "en|Press OK and/or Cancel on 01/02/2026.",
        "en|%d files of %(name)s, $HOME and ${user}, #tag",
        "en|Don’t say “it’s here” yet…",
        "en|Use --color=never for a <b>bold</b> word.",
        "en|It costs 1,000.50 or 3.5% more (5 files).",
        "fr|L’homme qu’il a vu n’est pas là.",
        "de|Er sagte »nein« um 11:00.",
      })
  void comesBackWithTheTokensOfMoses(String language, String line) {
    assertThat(back(language, line, ProtectedPatterns.NONE)).isEqualTo(line);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en|Mail to jane.doe@example.org at 11:00.",
        "en|Open https://example.org:8080/a_b/c?d=e&f=g#h now.",
        "en|A <b>bold</b> word, &nbsp; and {0} or {name}.",
        "en|%-5.2f %1$s %s, 12:30:00 and 3/4 and 1.2.3",
        "en|./configure --prefix=/usr for /usr/bin and ~/.profile",
        "de|Siehe https://example.org/pfad und 5_x um 23:59.",
        "fr|Voir http://example.org/a?b=c à 11:00.",
      })
  void protectedTextComesBack(String language, String line) {
    assertThat(back(language, line, PATTERNS)).isEqualTo(line);
  }

  /** What people write apart stays apart. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en|Note: 5 files, 20% of all (or more).",
        "en|the users’ manual and 5 = 5",
        "en|A list: one; two; three.",
        "de|Das ist gut … und das auch.",
        "fr|Note : il est 5 % plus cher !",
      })
  void otherTextIsLeftAlone(String language, String line) {
    String moses =
        new MosesDetokenizer(language).detokenize(new MosesTokenizer(language).tokenize(line));
    assertThat(back(language, line, ProtectedPatterns.NONE)).isEqualTo(moses);
  }

  /** Lines of every kind of the embedded task's text come back. */
  @Test
  void everydayLinesComeBack() {
    List<String> lines =
        List.of(
            "Clara arrived in Mexico City 5 months ago together with Ben.",
            "The price of lamps has risen by 48.6 per cent in Qatar.",
            "A ticket from Bucharest to Belgrade costs 30.30 kroner.",
            "It's Ben's, isn't it? \"No\", she said; 'yes' he did.");
    List<String> changed = new ArrayList<>(lines);
    changed.removeIf(line -> back("en", line, ProtectedPatterns.NONE).equals(line));
    assertThat(changed).isEmpty();
  }
}
