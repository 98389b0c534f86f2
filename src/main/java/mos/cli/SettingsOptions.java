package mos.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.SettingHelp;
import mos.config.Settings;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of a command that come from settings: {@code --configs} for YAML files and one option
 * per setting, described from the setting itself.
 */
public final class SettingsOptions {
  /** Names the YAML files. */
  public static final String CONFIGS = "--configs";

  private final CommandSpec command;
  private final List<Setting<?>> settings;

  private SettingsOptions(CommandSpec command, Collection<Setting<?>> settings) {
    this.command = command;
    this.settings = List.copyOf(settings);
  }

  /** Adds {@code --configs} and an option per setting; options that exist already are left. */
  public static SettingsOptions addTo(CommandSpec command, Collection<Setting<?>> settings) {
    return addTo(command, settings, Map.of(), Setting::isBasic);
  }

  /**
   * @param furtherNames of some settings
   * @param first which settings the short help shows
   */
  static SettingsOptions addTo(
      CommandSpec command,
      Collection<Setting<?>> settings,
      Map<String, Setting<?>> furtherNames,
      Predicate<Setting<?>> first) {
    SettingsOptions options = new SettingsOptions(command, settings);
    addFiles(command, CONFIGS, "YAML files with settings; later ones win, options win over all");
    for (Setting<?> setting : options.settings) {
      if (command.findOption(name(setting)) == null) {
        command.addOption(option(setting, names(setting, furtherNames), first.test(setting)));
      }
    }
    return options;
  }

  /**
   * Adds an option for YAML files, repeatable, each a list between commas, unless it exists
   * already.
   */
  public static void addFiles(CommandSpec command, String name, String description) {
    if (command.findOption(name) == null) {
      command.addOption(
          OptionSpec.builder(name)
              .paramLabel("<file>,…")
              .type(List.class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .userObject(new HelpPage.Place(SettingGroup.SETTINGS, true))
              .description(description)
              .build());
    }
  }

  private static String name(Setting<?> setting) {
    return "--" + setting.key();
  }

  /** The setting's own name, then those that published programs have for it. */
  private static String[] names(Setting<?> setting, Map<String, Setting<?>> furtherNames) {
    List<String> names = new ArrayList<>(List.of(name(setting)));
    setting.otherNames().stream().map(other -> "--" + other).forEach(names::add);
    furtherNames.forEach(
        (further, of) -> {
          if (of == setting) {
            names.add("--" + further);
          }
        });
    return names.toArray(String[]::new);
  }

  private static OptionSpec option(Setting<?> setting, String[] names, boolean first) {
    SettingHelp help = SettingHelp.of(setting);
    OptionSpec.Builder option =
        OptionSpec.builder(names)
            .paramLabel("<" + help.label() + ">")
            .type(String.class)
            .arity("1")
            .userObject(new HelpPage.Place(setting.group(), first))
            // A percent sign would be read as a format.
            .description(help.text().replace("%", "%%"));
    if (setting.isBoolean()) {
      option.arity("0..1").fallbackValue("true");
    }
    if (setting.key().equals("serve")) {
      // Without a number: any free port.
      option.arity("0..1").fallbackValue("0");
    }
    return option.build();
  }

  /** The settings given as options: key and text. */
  public Map<String, String> overrides() {
    Map<String, String> given = new LinkedHashMap<>();
    for (Setting<?> setting : settings) {
      Object value = command.findOption(name(setting)).getValue();
      if (value != null && setting.isBoolean() && value.toString().startsWith("--")) {
        // The parser takes it for the value that may follow.
        throw new ConfigurationException("unknown option: " + value);
      }
      if (value != null) {
        given.put(setting.key(), value.toString());
      }
    }
    return given;
  }

  /** The YAML files given with {@code --configs}, in order. */
  public List<Path> configs() {
    return files(CONFIGS);
  }

  /** The YAML files given with an option added by {@link #addFiles}, in order. */
  public List<Path> files(String name) {
    List<Path> files = new ArrayList<>();
    OptionSpec option = command.findOption(name);
    if (option != null && option.getValue() instanceof Collection<?> given) {
      for (Object value : given) {
        try {
          files.addAll(list(value.toString()));
        } catch (InvalidPathException e) {
          throw new ConfigurationException(name + ": got " + value + ", must be a path", e);
        }
      }
    }
    return files;
  }

  /** The files of a list between commas; a comma of a file's own path divides nothing. */
  private static List<Path> list(String value) {
    String[] parts = value.split(",", -1);
    List<Path> files = new ArrayList<>();
    for (int from = 0; from < parts.length; ) {
      int to = parts.length;
      while (to > from + 1 && !Files.exists(joined(parts, from, to))) {
        to--;
      }
      files.add(joined(parts, from, to));
      from = to;
    }
    return files;
  }

  private static Path joined(String[] parts, int from, int to) {
    return Path.of(String.join(",", Arrays.asList(parts).subList(from, to)));
  }

  /**
   * The settings of this call: {@code before} (a task's file, say), then each of the options for
   * files, then the options.
   *
   * @param known every setting that the files may hold, those of this command included
   * @param fileOptions options with YAML files in order of increasing weight, {@code --configs}
   *     when none is named
   */
  public Settings load(List<Path> before, Collection<Setting<?>> known, String... fileOptions) {
    List<Path> files = new ArrayList<>(before);
    List<String> names = fileOptions.length == 0 ? List.of(CONFIGS) : Arrays.asList(fileOptions);
    names.forEach(name -> files.addAll(files(name)));
    return Settings.load(files, overrides(), known);
  }
}
