package mos.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;

/** {@code completion}: the shell function that completes commands, options and their values. */
@Command(
    name = "completion",
    description = "It completes options and values too.",
    footer = {"", "Example: source <(mos completion bash)"})
public final class CompletionCommand implements Callable<Integer> {
  /** Shells that have a script, as a user writes them. */
  private enum Shell {
    bash
  }

  // Read by picocli, which refuses other shells and offers these.
  @SuppressWarnings("UnusedVariable")
  @Parameters(paramLabel = "SHELL", description = "The shell: ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @CommandLine.Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine program = Main.commandLine();
    spec.commandLine().getOut().print(AutoComplete.bash(program.getCommandName(), program));
    spec.commandLine().getOut().flush();
    return 0;
  }
}
