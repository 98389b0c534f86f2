package mos.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import mos.command.settings.MachineSettings;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Experiment;

/**
 * A command: it makes an experiment of its settings, runs it and describes the result. Some are
 * stages of a run too.
 *
 * @param <R> what it gives, a record of {@link mos.results}; what {@code --json} prints
 */
public interface Command<R> {
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

  /** The setting that may be given without its name, as the command's one word; empty for none. */
  default Optional<Setting<?>> operand() {
    return Optional.empty();
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
   * What decides the result: the settings that this asks for, as far as their {@link Effect} says.
   * The experiment, or what of it is made without looking at files.
   *
   * @throws mos.base.ConfigurationException for settings that contradict each other
   */
  default Object configuration(Settings settings) {
    return experiment(settings);
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
   * The work that the settings ask for. Nothing is done yet, and nothing but configuration files is
   * read: what the settings are asked for here is what decides the result.
   *
   * @throws mos.base.ConfigurationException for settings that contradict each other
   */
  Experiment<R> experiment(Settings settings);

  /** The type of the result. */
  Class<R> result();

  /**
   * Does the work; progress goes to standard error.
   *
   * @param settings known to hold {@link #settings()}
   * @throws mos.base.MosException when it cannot be done
   */
  default R run(Settings settings) {
    return LocalRanks.run(this, settings);
  }

  /**
   * Settings that name files whose content the work itself compares when it is continued, so that
   * their names do not matter.
   */
  default Set<Setting<?>> comparedByContent() {
    return Set.of();
  }

  /** Whether processes that torchrun started may share the work. */
  default boolean shared() {
    return settings().contains(MachineSettings.DISTRIBUTED_TIMEOUT);
  }

  /** Whether it starts the processes that num-gpus asks for. */
  default boolean starts() {
    return settings().contains(MachineSettings.NUM_GPUS);
  }

  /** What it was told, by key: its own settings, for the files that it writes. */
  default Map<String, Object> told(Settings settings) {
    Map<String, Object> own = settings.toMap();
    own.keySet().retainAll(settings().stream().map(Setting::key).toList());
    return own;
  }

  /** Whether the work itself prints to standard output, so that the result goes beside it. */
  default boolean printed(Settings settings) {
    return false;
  }

  /** Whether the result is a success; else the exit code is 1, after all was written. */
  default boolean succeeded(R result) {
    return true;
  }

  /** The result in words, for standard output. */
  String describe(R result);
}
