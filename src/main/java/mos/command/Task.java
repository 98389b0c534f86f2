package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.Settings;

/** One piece of work that is a command by itself and a stage of a run. */
public interface Task {
  /** Its name on the command line. */
  String name();

  /** What to know beside the one sentence that lists of commands have; empty for nothing. */
  String description();

  /** An example call, without the program's name. */
  String example();

  /** The settings it reads, each an option of the command. */
  List<Setting<?>> settings();

  /**
   * The options of the command: those of {@link #settings}, and more where the command does another
   * task's work too.
   */
  default List<Setting<?>> options() {
    return settings();
  }

  /**
   * Names under which the command takes a setting beside its key, where published programs call it
   * so and other commands mean another setting by it.
   */
  default Map<String, Setting<?>> publishedNames() {
    return Map.of();
  }

  /** The settings that matter first, which short help shows. */
  default Set<Setting<?>> first() {
    return options().stream().filter(Setting::isBasic).collect(Collectors.toSet());
  }

  /** Files that it makes and others read, and folders of such. */
  default List<Path> products(Settings settings) {
    return List.of();
  }

  /**
   * Asks for all that configures the work as it is with the other settings, and does nothing: what
   * it asks for decides the result, as far as the settings' {@link Effect} says. Here all that is
   * declared.
   *
   * @return the typed configuration, where there is one
   * @throws mos.base.ConfigurationException as {@link #check}
   */
  default Object configuration(Settings settings) {
    settings().forEach(settings::find);
    return settings;
  }

  /** The splits of the data folder that it reads; without any, no more than the dictionaries. */
  default List<String> splits(Settings settings) {
    return List.of("train", "valid", "test");
  }

  /**
   * Finds settings that contradict each other, before anything is read or done. A run asks all its
   * stages before the first begins.
   *
   * @throws mos.base.ConfigurationException naming them
   */
  default void check(Settings settings) {}

  /**
   * Does the work; progress goes to standard error.
   *
   * @param settings known to hold {@link #settings()}
   * @return its figures, what {@code --json} prints
   * @throws mos.base.MosException when it cannot be done
   */
  ObjectNode run(Settings settings);

  /** Whether the figures are a success; else the exit code is 1, after all was written. */
  default boolean succeeded(ObjectNode figures) {
    return figures.path("ok").asBoolean(true);
  }

  /** The figures in words, for standard output. */
  String describe(ObjectNode figures);
}
