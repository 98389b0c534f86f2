package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import mos.command.settings.AllSettings;
import mos.config.Setting;
import mos.config.SettingGroup;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The reference pages are what the code says; {@code -Dmos.docs.write=true} writes them anew. */
class ReferenceTest {
  /** Options of every command. */
  private static final Set<String> COMMON = Set.of("--debug", "--help");

  /** Options of every command that reads settings. */
  private static final Set<String> OF_TASKS =
      Set.of("--configs", "--sub-configs", "--evo-configs", "--json");

  private static final String MADE =
      "\nMade from the code: `mvn test -Dtest=ReferenceTest -Dmos.docs.write=true`.\n";

  private static void assertPage(String name, String expected) throws IOException {
    Path page = Path.of("docs", name);
    if (Boolean.getBoolean("mos.docs.write")) {
      Files.writeString(page, expected);
    }
    assertThat(page)
        .usingCharset(StandardCharsets.UTF_8)
        .as("%s is out of date%s", page, MADE)
        .hasContent(expected);
  }

  @Test
  void commandsAreDescribed() throws IOException {
    StringBuilder page = new StringBuilder("# Commands\n" + MADE);
    page.append(
        """

        `./mos COMMAND --help` shows what matters first, `./mos COMMAND --help all` all options. Every command takes
        `--debug` (stack traces of failures). Each setting of [configuration.md](configuration.md) is an option of the
        commands that read it; they take these options as well:

        """);
    page.append("| | |\n|---|---|\n");
    CommandSpec run = Main.commandLine().getSubcommands().get("run").getCommandSpec();
    for (OptionSpec option : run.options()) {
      if (OF_TASKS.contains(option.longestName())) {
        row(page, option.longestName(), option.description());
      }
    }
    Map<String, CommandLine> commands = Main.commandLine().getSubcommands();
    for (Commands.Group group : Commands.Group.values()) {
      page.append("\n## ").append(group.title()).append('\n');
      for (Commands command : Commands.values()) {
        if (command.group() == group) {
          page.append(section(command.word(), commands.get(command.word()).getCommandSpec()));
        }
      }
    }
    assertPage("commands.md", page.toString());
  }

  private static String section(String name, CommandSpec command) {
    UsageMessageSpec usage = command.usageMessage();
    StringBuilder text = new StringBuilder("\n### " + name + "\n\n");
    text.append(plain(String.join(" ", usage.description()))).append('\n');
    StringBuilder rows = new StringBuilder();
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      row(rows, parameter.paramLabel(), parameter.description());
    }
    Map<SettingGroup, Integer> settings = new EnumMap<>(SettingGroup.class);
    List<String> first = new ArrayList<>();
    for (OptionSpec option : command.options()) {
      if (COMMON.contains(option.longestName())) {
        continue;
      }
      if (!(option.userObject() instanceof HelpPage.Place place)) {
        if (!isTask(command) || !OF_TASKS.contains(option.longestName())) {
          row(rows, option.longestName(), option.description());
        }
      } else if (place.group() != SettingGroup.SETTINGS) {
        settings.merge(place.group(), 1, Integer::sum);
        if (place.first()) {
          first.add("`" + option.names()[0] + "`");
        }
      }
    }
    if (!rows.isEmpty()) {
      text.append("\n| | |\n|---|---|\n").append(rows);
    }
    if (!first.isEmpty()) {
      first.sort(null);
      text.append("\nOptions that matter first: ").append(String.join(", ", first)).append(".\n");
    }
    if (!settings.isEmpty()) {
      text.append("\nSettings: ");
      text.append(
          settings.entrySet().stream()
              .map(entry -> link(entry.getKey(), entry.getValue()))
              .collect(Collectors.joining(", ")));
      text.append(".\n");
    }
    String footer = plain(String.join("\n", usage.footer()));
    if (footer.contains("Example:")) {
      String example = footer.substring(footer.indexOf("Example:") + "Example:".length());
      text.append("\n    ").append(example.strip().replace("\n", "\n    ")).append('\n');
    }
    return text.toString();
  }

  /** How many settings of a group, and where they are described. */
  private static String link(SettingGroup group, int count) {
    long all = AllSettings.known().stream().filter(s -> s.group() == group).count();
    return "[%s](configuration.md#%s) (%s)"
        .formatted(
            group.title(),
            group.title().toLowerCase(Locale.ROOT).replace(' ', '-'),
            count == all ? "all" : count + " of " + all);
  }

  private static boolean isTask(CommandSpec command) {
    return command.findOption(SettingsOptions.CONFIGS) != null;
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
                + "");
    Map<String, Setting<?>> sorted = new TreeMap<>();
    AllSettings.known().forEach(setting -> sorted.put(setting.key(), setting));
    for (SettingGroup group : SettingGroup.values()) {
      StringBuilder rows = new StringBuilder();
      sorted.values().stream()
          .filter(setting -> setting.group() == group)
          .forEach(setting -> rows.append(row(setting)));
      if (!rows.isEmpty()) {
        page.append("## ").append(group.title()).append("\n\n");
        page.append("| key | value | default | meaning |\n|---|---|---|---|\n");
        page.append(rows).append('\n');
      }
    }
    page.setLength(page.length() - 1);
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
