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
    footer = {
      "",
      "Example: source <(mos completion bash)",
      "zsh, after compinit: source <(mos completion zsh)",
      "fish: mos completion fish | source"
    })
public final class CompletionCommand implements Callable<Integer> {
  /** Shells that have a script, as a user writes them. */
  private enum Shell {
    bash,
    zsh,
    fish
  }

  @Parameters(paramLabel = "SHELL", description = "The shell: ${COMPLETION-CANDIDATES}.")
  private Shell shell;

  @CommandLine.Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine program = Main.commandLine();
    String script =
        switch (shell) {
          case bash -> AutoComplete.bash(program.getCommandName(), program);
          case zsh -> ShellCompletion.zsh(program);
          case fish -> ShellCompletion.fish(program);
        };
    spec.commandLine().getOut().print(script);
    spec.commandLine().getOut().flush();
    return 0;
  }
}
