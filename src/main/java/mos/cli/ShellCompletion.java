package mos.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Scripts that let fish and zsh complete commands and options, made of the commands themselves. */
final class ShellCompletion {
  private ShellCompletion() {}

  /** A line for each command and each option. */
  static String fish(CommandLine program) {
    String name = program.getCommandName();
    StringBuilder text = new StringBuilder("complete -c " + name + " -f\n");
    program
        .getSubcommands()
        .forEach(
            (word, command) -> {
              line(text, name, "__fish_use_subcommand").append(" -a ").append(quote(word));
              text.append(" -d ").append(quote(summary(command))).append('\n');
              for (OptionSpec option : command.getCommandSpec().options()) {
                for (String one : option.names()) {
                  line(text, name, "__fish_seen_subcommand_from " + word);
                  text.append(one.startsWith("--") ? " -l " : one.length() == 2 ? " -s " : " -o ");
                  text.append(quote(one.replaceFirst("^--?", "")));
                  // A value may be a file.
                  text.append(option.arity().max() > 0 ? " -r -F" : "");
                  text.append(" -d ").append(quote(description(option))).append('\n');
                }
              }
            });
    return text.toString();
  }

  private static StringBuilder line(StringBuilder text, String name, String condition) {
    return text.append("complete -c ").append(name).append(" -n ").append(quote(condition));
  }

  /** A function of zsh: commands first, then the options of the command; files where none fits. */
  static String zsh(CommandLine program) {
    String name = program.getCommandName();
    StringBuilder text = new StringBuilder("#compdef " + name + "\n_" + name + "() {\n");
    text.append("  local -a words_of\n  if (( CURRENT == 2 )); then\n    words_of=(");
    program
        .getSubcommands()
        .forEach(
            (word, command) ->
                text.append("\n      ").append(quote(word + ":" + summary(command))));
    text.append("\n    )\n    _describe command words_of\n    return\n  fi\n");
    text.append("  case $words[2] in\n");
    for (Map.Entry<String, CommandLine> entry : program.getSubcommands().entrySet()) {
      text.append("    ").append(entry.getKey()).append(") words_of=(");
      for (OptionSpec option : entry.getValue().getCommandSpec().options()) {
        for (String one : option.names()) {
          text.append("\n      ").append(quote(one + ":" + description(option)));
        }
      }
      text.append("\n    ) ;;\n");
    }
    return text.append("  esac\n  if [[ $words[CURRENT] == -* ]]; then\n")
        .append("    _describe option words_of\n  else\n    _files\n  fi\n}\n")
        .append("if [[ ${funcstack[1]-} == _" + name + " ]]; then\n  _" + name + " \"$@\"\n")
        .append("else\n  compdef _" + name + " " + name + "\nfi\n")
        .toString();
  }

  private static String summary(CommandLine command) {
    return firstSentence(List.of(command.getCommandSpec().usageMessage().description()));
  }

  private static String description(OptionSpec option) {
    return firstSentence(List.of(option.description()));
  }

  /** The first sentence, on one line. */
  private static String firstSentence(List<String> lines) {
    String text =
        String.join(" ", lines).replace("%%", "%").replaceAll("[\\s$`\\\\]+", " ").strip();
    int end = text.indexOf(". ");
    return (end < 0 ? text : text.substring(0, end)).replaceFirst("\\.$", "");
  }

  private static String quote(String word) {
    return "'" + word.replace("'", "’") + "'";
  }
}
