package mos.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.config.SettingGroup;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The help of one command: a synopsis of one line, what it does, its options by what they set, an
 * example. Of many options only those that matter first are shown; {@code --help all} shows all.
 */
final class HelpPage implements CommandLine.IHelpSectionRenderer {
  /** Options of settings that fit on a screen: so many are shown all. */
  private static final int FEW = 16;

  private static final String EXAMPLE = "Example:";

  private final boolean everything;

  /**
   * @param everything whether the options that matter less are shown too
   */
  HelpPage(boolean everything) {
    this.everything = everything;
  }

  /** Makes this the help of a command and of those below it. */
  void install(CommandLine line) {
    line.getHelpSectionMap().put("page", this);
    line.setHelpSectionKeys(List.of("page"));
    line.getSubcommands().values().forEach(this::install);
  }

  @Override
  public String render(Help help) {
    CommandSpec spec = help.commandSpec();
    HelpText text = new HelpText(HelpText.width(spec));
    if (spec.parent() == null) {
      return Overview.of(text);
    }
    text.line("Usage: " + synopsis(spec));
    text.paragraph(String.join(" ", spec.usageMessage().description()).replace("%%", "%"), 0);
    Map<SettingGroup, List<OptionSpec>> settings = new EnumMap<>(SettingGroup.class);
    List<OptionSpec> others = new ArrayList<>();
    int hidden = options(spec, settings, others);
    if (!spec.positionalParameters().isEmpty()) {
      text.heading("Arguments");
    }
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      text.entry(parameter.paramLabel(), description(parameter));
    }
    settings.forEach(
        (group, options) -> {
          text.heading(group.title());
          options.forEach(option -> text.entry(label(option), description(option)));
        });
    text.heading(settings.isEmpty() ? "Options" : "General");
    others.forEach(option -> text.entry(label(option), description(option)));
    if (hidden > 0) {
      text.line("");
      text.paragraph(hidden + " more options: " + spec.qualifiedName() + " --help all", 0);
    }
    examples(spec, text);
    return text.toString();
  }

  /** The one line above all: required options and arguments by name. */
  private static String synopsis(CommandSpec spec) {
    StringBuilder line = new StringBuilder(spec.qualifiedName());
    for (OptionSpec option : spec.options()) {
      if (option.required()) {
        line.append(' ').append(option.longestName()).append('=').append(option.paramLabel());
      }
    }
    line.append(" [OPTION]…");
    for (PositionalParamSpec parameter : spec.positionalParameters()) {
      line.append(' ').append(parameter.paramLabel());
      line.append(parameter.arity().max() > 1 ? "…" : "");
    }
    return line.toString();
  }

  /**
   * Sorts what is shown.
   *
   * @return how many are not
   */
  private int options(
      CommandSpec spec, Map<SettingGroup, List<OptionSpec>> settings, List<OptionSpec> others) {
    long ofSettings = spec.options().stream().filter(o -> o.userObject() instanceof Place).count();
    int hidden = 0;
    for (OptionSpec option : spec.options()) {
      if (!(option.userObject() instanceof Place place)) {
        others.add(option);
      } else if (everything || ofSettings <= FEW || place.first()) {
        settings.computeIfAbsent(place.group(), group -> new ArrayList<>()).add(option);
      } else {
        hidden++;
      }
    }
    return hidden;
  }

  private static String label(OptionSpec option) {
    List<String> names = new ArrayList<>(List.of(option.names()));
    names.removeIf(name -> name.startsWith("-") && !name.startsWith("--") && name.length() > 2);
    String text = String.join(", ", names);
    if (option.arity().max() == 0) {
      return text;
    }
    return option.arity().min() == 0
        ? text + "[=" + option.paramLabel() + "]"
        : text + "=" + option.paramLabel();
  }

  private static String description(ArgSpec option) {
    String text = String.join(" ", option.description()).replace("%%", "%").replace("%n", " ");
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1).replaceFirst("\\.$", "");
  }

  private static void examples(CommandSpec spec, HelpText text) {
    String footer = String.join("\n", spec.usageMessage().footer()).replace("%%", "%");
    int at = footer.indexOf(EXAMPLE);
    if (at < 0) {
      return;
    }
    text.heading("Example");
    footer.substring(at + EXAMPLE.length()).strip().lines().forEach(text::command);
  }

  /**
   * Where the help shows an option.
   *
   * @param group the heading
   * @param first whether it is one of the few that are always shown
   */
  record Place(SettingGroup group, boolean first) {}
}
