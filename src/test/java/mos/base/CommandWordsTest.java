package mos.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A shell is the judge of what a command's words are. */
class CommandWordsTest {
  private static List<String> shell(String line) throws IOException {
    Process process =
        new ProcessBuilder("sh", "-fc", "printf '%s\\0' " + line).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return List.of(out.split("\0", -1)).subList(0, out.split("\0", -1).length - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "python3 measure.py --opt=\"a b\" --device 'my phone'",
        "a\\ b c\\\\d \"e\\\"f\" 'g\\h' \"i\\j\" \"k\\$l\"",
        "x''y \"\" '' z",
        "'it'\\''s' a\"b\"'c'd",
        "  several   blanks\tand\ttabs  "
      })
  void wordsAreThoseOfAShell(String line) throws IOException {
    assertThat(CommandWords.split(line)).isEqualTo(shell(line)).isNotEmpty();
  }

  @Test
  void nothingIsExpanded() {
    assertThat(CommandWords.split("a $HOME *.txt ~ \"$x\""))
        .containsExactly("a", "$HOME", "*.txt", "~", "$x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a \"b", "a 'b", "a b\\", "'\"'\"'"})
  void whatIsNotClosedIsAnError(String line) {
    assertThatThrownBy(() -> CommandWords.split(line)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void quotedWordsComeBackHereAndInAShell() throws IOException {
    List<String> words =
        new ArrayList<>(List.of("a b", "c;d", "$e", "f'g", "\"h\"", "i\nj", "", "*", "~", "k\\l"));
    words.add("plain-word_1.0/x=y,z:@%+");
    String line = CommandWords.join(words);
    assertThat(CommandWords.split(line)).isEqualTo(words);
    assertThat(shell(line)).isEqualTo(words);
    assertThat(CommandWords.quote("plain-word_1.0/x=y,z")).isEqualTo("plain-word_1.0/x=y,z");
  }
}
