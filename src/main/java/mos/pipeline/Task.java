package mos.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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

  /** The settings that matter first, which short help shows. */
  default Set<Setting<?>> first() {
    return settings().stream().filter(Setting::isBasic).collect(Collectors.toSet());
  }

  /** Files that it makes and others read, and folders of such. */
  default List<Path> products(Settings settings) {
    return List.of();
  }

  /**
   * Does the work; progress goes to standard error.
   *
   * @param settings known to hold {@link #settings()}
   * @return its figures, what {@code --json} prints
   * @throws mos.base.MosException when it cannot be done
   */
  ObjectNode run(Settings settings);

  /** The figures in words, for standard output. */
  String describe(ObjectNode figures);
}
