package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mos.config.Setting;
import mos.pipeline.AllSettings;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The reference pages are what the code says; {@code -Dmos.docs.write=true} writes them anew. */
class ReferenceTest {
  /** Options of every command. */
  private static final Set<String> COMMON = Set.of("--debug", "--help");

  private static final String MADE =
      "\nMade from the code: `mvn test -Dtest=ReferenceTest -Dmos.docs.write=true`.\n";

  private static void assertPage(String name, String expected) throws IOException {
    Path page = Path.of("docs", name);
    if (Boolean.getBoolean("mos.docs.write")) {
      Files.writeString(page, expected);
    }
    assertThat(page).as("%s is out of date%s", page, MADE).hasContent(expected);
  }

  @Test
  void commandsAreDescribed() throws IOException {
    StringBuilder page = new StringBuilder("# Commands\n" + MADE);
    page.append("\nEvery command takes `--help` and `--debug` (stack traces of failures).\n");
    new TreeMap<>(Main.commandLine().getSubcommands())
        .forEach((name, command) -> page.append(section(name, command)));
    assertPage("commands.md", page.toString());
  }

  private static String section(String name, CommandLine command) {
    UsageMessageSpec usage = command.getCommandSpec().usageMessage();
    StringBuilder text = new StringBuilder("\n## " + name + "\n\n");
    for (String line : usage.description()) {
      text.append(plain(line)).append('\n');
    }
    Set<String> keys =
        AllSettings.known().stream().map(s -> "--" + s.key()).collect(Collectors.toSet());
    StringBuilder rows = new StringBuilder();
    List<String> settings = new ArrayList<>();
    for (PositionalParamSpec parameter : command.getCommandSpec().positionalParameters()) {
      row(rows, parameter.paramLabel(), parameter.description());
    }
    for (OptionSpec option : command.getCommandSpec().options()) {
      List<String> names = List.of(option.names());
      if (keys.contains(names.get(0))) {
        String others = String.join("`, `", names.subList(1, names.size()));
        settings.add("`" + names.get(0) + "`" + (others.isEmpty() ? "" : " (`" + others + "`)"));
      } else if (!COMMON.contains(option.longestName())) {
        row(rows, option.longestName(), option.description());
      }
    }
    if (!rows.isEmpty()) {
      text.append("\n| | |\n|---|---|\n").append(rows);
    }
    if (!settings.isEmpty()) {
      settings.sort(null);
      text.append("\nSettings ([configuration.md](configuration.md)): ");
      text.append(String.join(", ", settings)).append(".\n");
    }
    String footer = plain(String.join("\n", usage.footer()));
    if (footer.contains("Example:")) {
      String example = footer.substring(footer.indexOf("Example:") + "Example:".length());
      text.append("\n    ").append(example.strip().replace("\n", "\n    ")).append('\n');
    }
    return text.toString();
  }

  private static void row(StringBuilder text, String name, String[] description) {
    text.append("| `").append(name).append("` | ");
    text.append(cell(plain(String.join(" ", description)))).append(" |\n");
  }

  /** As it is shown: %n and %% are formats. */
  private static String plain(String text) {
    return text.replace("%n", "\n").replace("%%", "%");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }

  @Test
  void settingsAreDescribed() throws IOException {
    StringBuilder page =
        new StringBuilder(
            "# Configuration\n"
                + MADE
                + "\nEvery key that a YAML file may hold; each is an option of the commands that read it."
                + "\nCommented files to start from are in `configs/`.\n\n"
                + "| key | value | default | meaning |\n|---|---|---|---|\n");
    Map<String, Setting<?>> sorted = new TreeMap<>();
    AllSettings.known().forEach(setting -> sorted.put(setting.key(), setting));
    sorted.values().forEach(setting -> page.append(row(setting)));
    assertPage("configuration.md", page.toString());
  }

  private static <T> String row(Setting<T> setting) {
    String fallback = setting.defaultValue().map(setting::render).orElse("");
    List<String> names = new ArrayList<>(List.of(setting.key()));
    names.addAll(setting.otherNames());
    return String.format(
            Locale.ROOT,
            "| `%s` | %s | %s | %s |%n",
            String.join("`, `", names),
            cell(setting.need()),
            cell(fallback),
            cell(plain(setting.doc())))
        .replace(System.lineSeparator(), "\n");
  }
}
