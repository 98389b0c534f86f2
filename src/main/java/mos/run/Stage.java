package mos.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import mos.command.Command;
import mos.command.settings.AllSettings;
import mos.config.Settings;
import mos.results.ResultJson;

/**
 * One command of a run.
 *
 * @param name its key in summaries, for example supernet
 * @param title what it does, for people
 * @param command what is done
 * @param files configuration files, in order
 * @param options what the command line gives
 * @param outputs files and folders it makes; moved aside when it must be done anew
 * @param after names of the stages whose results it uses
 * @param compares whether it only tells of models that the found one is compared with, so that a
 *     summary can be made without it
 */
record Stage(
    String name,
    String title,
    Command<?> command,
    List<Path> files,
    Map<String, String> options,
    List<Path> outputs,
    List<String> after,
    boolean compares) {

  Stage {
    files = List.copyOf(files);
    outputs = List.copyOf(outputs);
    after = List.copyOf(after);
  }

  /** What the command is given; it may ask for no more than it declares. */
  Settings settings() {
    return AllSettings.load(files, options).only(command.options(), command.name());
  }

  /** All settings of its files and options, whatever its command declares. */
  Settings allSettings() {
    return AllSettings.load(files, options);
  }

  /** The same before the files are there that stages before it make. */
  Settings planned() {
    return AllSettings.load(files.stream().filter(Files::exists).toList(), options);
  }

  /** Whether it is the stage of that name. */
  boolean is(StageResults.Key<?> key) {
    return name.equals(key.name());
  }

  /** A result of its command, in one line. */
  String describe(JsonNode figures) {
    return described(command, figures).replace("\n", "; ");
  }

  private static <R> String described(Command<R> command, JsonNode figures) {
    return command.describe(ResultJson.as(figures, command.result(), command.name()));
  }

  /** The command line, without the program's name. */
  List<String> commandLine() {
    List<String> words = new ArrayList<>();
    words.add(command.name());
    for (Path file : files) {
      words.add("--configs");
      words.add(file.toString());
    }
    options.forEach(
        (key, value) -> {
          words.add("--" + key);
          words.add(value);
        });
    return words;
  }
}
