package mos.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import mos.beam.Hypothesis;
import mos.data.Dictionary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model that gives back what it reads: pieces joined must be the line. */
class LineCutterTest {
  private static final Dictionary LETTERS = letters();

  private static Dictionary letters() {
    Map<String, Long> counts =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,;:!?'-/1234567890_。，你好吗很谢"
            .codePoints()
            .mapToObj(Character::toString)
            .collect(Collectors.toMap(c -> c, c -> 1L));
    return Dictionary.fromCounts(counts, -1, 0, 1);
  }

  /** A token for each character; blanks are underscores. */
  private static final RawText CHARACTERS =
      new RawText(
          line ->
              line.codePoints()
                  .mapToObj(c -> c == ' ' ? "_" : Character.toString(c))
                  .collect(Collectors.joining(" ")),
          tokens -> tokens.replace(" ", "").replace('_', ' '),
          UnaryOperator.identity());

  private static LineCutter cutter(String source, String target) {
    return new LineCutter(CHARACTERS, LETTERS, source, target);
  }

  private static List<String> pieces(TextLine line) {
    UnaryOperator<String> decode = CHARACTERS.decode();
    return line.pieces().stream().map(one -> decode.apply(LETTERS.string(one, true))).toList();
  }

  private static String echo(TextLine line) {
    List<List<Hypothesis>> found =
        line.pieces().stream()
            .map(one -> List.of(new Hypothesis(one, -1, new float[one.length])))
            .toList();
    Translation all = line.translation(found, CHARACTERS.decode(), LETTERS, 1);
    assertThat(all.score()).isEqualTo(-1.0 * line.pieces().size());
    return all.text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en|Dr. Who is here. He left at 11:00! Why?|Dr. Who is here./He left at 11:00!/Why?",
        "en|A short one.   Then another, that is long too|A short one./Then another,/that is long too",
        "en|one, two three four, five six seven|one, two three four,/five six seven",
        "en|See fig. 3 and No. 11. No. He left.|See fig. 3 and No. 11./No./He left.",
        "de|Das ist z.B. gut. Und das auch.|Das ist z.B. gut./Und das auch.",
        "en|aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|aaaaaaaaaaaaaaaaaaaaaaa/"
            + "aaaaaaaaaaaaaaaaaaaaaaa",
      })
  void linesAreCutWhereSentencesEnd(String language, String line, String expected) {
    TextLine cut = cutter(language, "fr").line(line, LongLines.SPLIT, 26);
    assertThat(String.join("/", pieces(cut))).isEqualTo(expected);
    assertThat(echo(cut)).isEqualTo(line.replaceAll(" +", " "));
  }

  @Test
  void whatIsBetweenSentencesIsTheTargetLanguages() {
    String line = "你好吗。很好，谢谢你。";
    TextLine toEnglish = cutter("zh", "en").line(line, LongLines.SPLIT, 8);
    assertThat(pieces(toEnglish)).containsExactly("你好吗。", "很好，谢谢你。");
    assertThat(echo(toEnglish)).isEqualTo("你好吗。 很好，谢谢你。");
    assertThat(echo(cutter("zh", "ja").line(line, LongLines.SPLIT, 8))).isEqualTo(line);
  }

  @Test
  void noPieceIsLongerThanAllowedAndNothingIsLost() {
    String line = ("One two, three; four five six. " + "x".repeat(100) + " y-z/").repeat(20);
    for (int longest : new int[] {1, 2, 7, 30, 200}) {
      TextLine cut = cutter("en", "de").line(line, LongLines.SPLIT, longest);
      assertThat(cut.pieces()).allMatch(piece -> piece.length - 1 <= longest);
      assertThat(String.join("", pieces(cut)).replace(" ", "")).isEqualTo(line.replace(" ", ""));
    }
  }

  @Test
  void blankLinesNeedNoModel() {
    LineCutter cutter = cutter("en", "de");
    for (String blank : List.of("", " ", "\t \u2003")) {
      TextLine line = cutter.line(blank, LongLines.SKIP, 1);
      assertThat(line.pieces()).isEmpty();
      assertThat(echo(line)).isEqualTo(blank);
    }
    assertThat(echo(cutter.line("too long", LongLines.SKIP, 3))).isEmpty();
    assertThat(echo(cutter.line("too long", LongLines.TRUNCATE, 3))).isEqualTo("too");
  }
}
