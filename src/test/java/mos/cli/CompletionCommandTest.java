package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletionCommandTest {
  private static final Path BASH = Path.of("/bin/bash");

  @TempDir Path folder;

  /** What bash offers after the words, with the script loaded; the last word is being written. */
  private List<String> offered(String... words) throws Exception {
    assumeTrue(Files.isExecutable(BASH), "no " + BASH);
    Path script = folder.resolve("completion.sh");
    Locale before = Locale.getDefault();
    // As the program does when it starts: picocli writes numbers in the default locale.
    Locale.setDefault(Locale.ROOT);
    try {
      Files.writeString(script, CommandLineRun.of("completion", "bash").succeeded().out());
    } finally {
      Locale.setDefault(before);
    }
    // compopt sets how the line editor shows what is offered; there is none here.
    String line =
        """
        compopt() { :; }
        source "$0" || exit 1
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
        complete -p mos > /dev/null || exit 1
        _complete_mos && printf '%s\\n' "${COMPREPLY[@]}"
        """;
    List<String> command = new ArrayList<>();
    command.addAll(List.of(BASH.toString(), "--norc", "-c", line, script.toString()));
    command.addAll(List.of(words));
    Path output = folder.resolve("offered.txt");
    Process bash =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(bash.exitValue()).as(Files.readString(output)).isZero();
    return Files.readAllLines(output).stream().map(String::strip).toList();
  }

  @Test
  void bashCompletesCommands() throws Exception {
    assertThat(offered("mos", "trai")).containsExactlyInAnyOrder("train", "train-subtransformer");
  }

  @Test
  void bashCompletesOptionsOfACommand() throws Exception {
    assertThat(offered("mos", "score", "--s")).contains("--sys").doesNotContain("--ref");
  }

  @Test
  void bashCompletesValues() throws Exception {
    assertThat(offered("mos", "completion", "b")).contains("bash");
  }

  @Test
  void anotherShellIsRefusedNamingTheKnownOnes() {
    CommandLineRun run = CommandLineRun.of("completion", "tcsh");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("bash", "fish", "zsh", "tcsh");
  }

  /** By structure, and by the shell itself where it is there. */
  @ParameterizedTest
  @ValueSource(strings = {"zsh", "fish"})
  void otherShellsKnowEveryCommandAndOption(String shell) throws Exception {
    String text = CommandLineRun.of("completion", shell).succeeded().out();
    boolean fish = shell.equals("fish");
    Main.commandLine()
        .getSubcommands()
        .forEach(
            (word, command) -> {
              assertThat(text).contains(fish ? " -a '" + word + "'" : "'" + word + ":");
              command
                  .getCommandSpec()
                  .options()
                  .forEach(
                      option ->
                          assertThat(text)
                              .contains(
                                  fish
                                      ? "'" + option.longestName().replaceFirst("^--?", "") + "'"
                                      : "'" + option.longestName() + ":"));
            });
    // Every quote is closed on its line.
    assertThat(text.lines().filter(l -> l.chars().filter(c -> c == '\'').count() % 2 != 0))
        .isEmpty();
    Path program = Path.of("/usr/bin", shell);
    if (Files.isExecutable(program)) {
      Path script = Files.writeString(folder.resolve("script"), text);
      Process check = new ProcessBuilder(program.toString(), "-n", script.toString()).start();
      assertThat(check.waitFor()).isZero();
    }
  }
}
