package mos.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import mos.base.ConfigurationException;
import mos.command.Command;
import mos.command.settings.AllSettings;
import mos.command.settings.EvolutionSettings;
import mos.config.Setting;
import mos.config.SettingHelp;
import mos.config.Settings;
import mos.results.ResultJson;
import mos.space.SubTransformerFile;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * A command whose options are settings.
 *
 * @param <R> what it gives
 */
final class TaskCommand<R> implements Callable<Integer> {
  /** Files of settings that HAT's scripts take beside {@code --configs}. */
  private static final List<String> FILE_OPTIONS =
      List.of(SettingsOptions.CONFIGS, "--sub-configs", "--evo-configs");

  private final Command<R> task;
  private CommandSpec spec;
  private SettingsOptions options;

  private TaskCommand(Command<R> task) {
    this.task = task;
  }

  /** The command of a task, to be added to a parent. */
  static <R> CommandLine of(Command<R> task) {
    TaskCommand<R> command = new TaskCommand<>(task);
    command.spec = CommandSpec.wrapWithoutInspection(command).name(task.name());
    command.spec.usageMessage().description(task.description().replace("%", "%%"));
    command.spec.usageMessage().footer("", "Example:", "  mos " + task.example());
    List<Setting<?>> settings = task.options();
    command.options =
        SettingsOptions.addTo(
            command.spec, settings, task.publishedNames(), task.first()::contains);
    if (settings.containsAll(SubTransformerFile.settings())) {
      SettingsOptions.addFiles(
          command.spec,
          "--sub-configs",
          "YAML files with the architecture of a SubTransformer each");
    }
    if (settings.containsAll(EvolutionSettings.settings())) {
      SettingsOptions.addFiles(
          command.spec, "--evo-configs", "YAML files with settings of the search");
    }
    task.operand().ifPresent(operand -> addOperand(command.spec, operand));
    command.spec.addOption(
        OptionSpec.builder("--json")
            .type(boolean.class)
            .arity("0")
            .description("Print the figures as one JSON object")
            .build());
    return new CommandLine(command.spec);
  }

  @Override
  public Integer call() {
    takeOperand();
    Settings settings =
        options
            .load(List.of(), AllSettings.known(), FILE_OPTIONS.toArray(String[]::new))
            .only(task.options(), task.name());
    task.check(settings);
    R result = json() ? runAside(settings) : task.run(settings);
    if (json() || !task.printed(settings)) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(json() ? ResultJson.line(result) : task.describe(result));
      out.flush();
    } else {
      // The command has put its result on standard output; figures go beside it.
      spec.commandLine().getErr().println(task.describe(result));
    }
    return task.succeeded(result) ? 0 : 1;
  }

  private static void addOperand(CommandSpec spec, Setting<?> operand) {
    SettingHelp help = SettingHelp.of(operand);
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel(operand.key().toUpperCase(Locale.ROOT))
            .type(String.class)
            .arity("0..1")
            .description(help.text().replace("%", "%%"))
            .build());
  }

  /** The word is the setting's value, as if its option had been given. */
  private void takeOperand() {
    if (task.operand().isEmpty()) {
      return;
    }
    String word = spec.positionalParameters().get(0).getValue();
    OptionSpec option = spec.findOption("--" + task.operand().get().key());
    if (word != null && option.getValue() != null) {
      throw new ConfigurationException(
          task.operand().get().key()
              + ": got "
              + word
              + " and "
              + option.getValue()
              + ", need one");
    }
    if (word != null) {
      option.setValue(word);
    }
  }

  /** Runs the task with what it prints on standard error, so that the figures stand alone. */
  private R runAside(Settings settings) {
    PrintStream out = System.out;
    System.setOut(System.err);
    try {
      return task.run(settings);
    } finally {
      System.setOut(out);
    }
  }

  private boolean json() {
    return Boolean.TRUE.equals(spec.findOption("--json").getValue());
  }
}
