package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * Every {@code ./mos} command line of README and docs is understood by the program, every file of
 * the project that it names is there, and every link and heading that a page points to exists.
 */
class DocumentationTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  /** The words of a command line, without comment, redirection and what follows. */
  private static List<String> words(String command) {
    String plain = command.replaceFirst("^MOS_GPU=1 ", "").replaceFirst("\\s(#|<|>|\\||&&).*", "");
    return new ArrayList<>(Arrays.asList(plain.strip().split("\\s+")))
        .subList(1, plain.strip().split("\\s+").length);
  }

  @Test
  void commandsAreUnderstood() throws IOException {
    List<DocumentedCommand> commands = DocumentedCommand.all();
    assertThat(commands).hasSizeGreaterThan(20);
    List<String> wrong = new ArrayList<>();
    for (DocumentedCommand said : commands) {
      // A bare name is no command line.
      if (said.line().matches(".*(…|\\[|COMMAND).*")) {
        continue;
      }
      if (words(said.line()).size() == 1) {
        assertThat(Main.commandLine().getSubcommands()).containsKey(words(said.line()).get(0));
        continue;
      }
      try {
        String[] words = words(said.line()).stream().map(Words::hyphenated).toArray(String[]::new);
        Main.commandLine().parseArgs(words);
      } catch (CommandLine.ParameterException e) {
        wrong.add(said.page() + ": " + said.line() + ": " + e.getMessage());
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void namedFilesOfTheProjectExist() throws IOException {
    List<String> missing = new ArrayList<>();
    for (DocumentedCommand said : DocumentedCommand.all()) {
      for (String word : words(said.line())) {
        for (String part : word.split("[,=]")) {
          if (part.startsWith("configs/") && !Files.exists(Path.of(part))) {
            missing.add(said.page() + ": " + part);
          }
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : DocumentedCommand.pages()) {
      Matcher links = LINK.matcher(Files.readString(page).replaceAll("(?s)```.*?```", ""));
      while (links.find()) {
        String link = links.group(1);
        if (link.startsWith("http")) {
          continue;
        }
        String[] parts = link.split("#", 2);
        Path target = parts[0].isEmpty() ? page : page.resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) {
          broken.add(page + ": " + link);
        } else if (parts.length == 2 && !anchors(target).contains(parts[1])) {
          broken.add(page + ": " + link + " (no such heading)");
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private static List<String> anchors(Path page) throws IOException {
    return Files.readAllLines(page).stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+\\s*", "").toLowerCase(java.util.Locale.ROOT))
        .map(line -> line.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }
}
