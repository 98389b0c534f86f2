package mos.cli;

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
    return addTo(command, settings, Setting::isBasic);
  }

  /**
   * @param first which settings the short help shows
   */
  static SettingsOptions addTo(
      CommandSpec command, Collection<Setting<?>> settings, Predicate<Setting<?>> first) {
    SettingsOptions options = new SettingsOptions(command, settings);
    addFiles(command, CONFIGS, "YAML files with settings; later ones win, options win over all");
    for (Setting<?> setting : options.settings) {
      if (command.findOption(name(setting)) == null) {
        command.addOption(option(setting, first.test(setting)));
      }
    }
    return options;
  }

  /** Adds an option for YAML files, repeatable and comma separated, unless it exists already. */
  public static void addFiles(CommandSpec command, String name, String description) {
    if (command.findOption(name) == null) {
      command.addOption(
          OptionSpec.builder(name)
              .paramLabel("<file>,…")
              .type(List.class)
              .auxiliaryTypes(String.class)
              .arity("1")
              .userObject(new HelpPage.Place(SettingGroup.SETTINGS, true))
              .splitRegex(",")
              .description(description)
              .build());
    }
  }

  private static String name(Setting<?> setting) {
    return "--" + setting.key();
  }

  private static OptionSpec option(Setting<?> setting, boolean first) {
    SettingHelp help = SettingHelp.of(setting);
    OptionSpec.Builder option =
        OptionSpec.builder(name(setting))
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
      for (Object file : given) {
        try {
          files.add(Path.of(file.toString()));
        } catch (InvalidPathException e) {
          throw new ConfigurationException(name + ": got " + file + ", must be a path", e);
        }
      }
    }
    return files;
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
