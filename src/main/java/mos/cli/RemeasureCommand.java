package mos.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import mos.results.ResultJson;
import mos.results.RunSummary;
import mos.run.Remeasure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code remeasure}: measures what a run found, and what was taken, again, on a quieter machine,
 * say.
 */
@Command(
    name = "remeasure",
    description =
        "It is timed against the run's constraint, and what was taken against its own. The records of"
            + " these stages, summary.json and report.html are rewritten. Nothing else is redone. Exit"
            + " code 1 where a constraint is not met.",
    footer = {"", "Example:", "  mos remeasure out/sample"})
public final class RemeasureCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Output folder of a finished run.")
  private Path folder;

  @Option(
      names = "--runner",
      paramLabel = "COMMAND",
      description = "The command that measured, where the run had one: only then is it run.")
  private String runner;

  @Option(names = "--json", description = "Print the summary as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RunSummary summary = Remeasure.run(folder, runner);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? ResultJson.line(summary) : Remeasure.describe(summary));
    out.flush();
    return summary.allMet() ? 0 : 1;
  }
}
