package mos.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import mos.report.Runs;
import mos.results.ResultJson;
import mos.results.RunList;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code list}: the runs below a folder. */
@Command(
    name = "list",
    description = "Each with its state, constraint met or not, latency, BLEU, parameters and date.",
    footer = {"", "Example:", "  mos list out"})
public final class ListCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", defaultValue = "out", description = "Default: out.")
  private Path folder;

  @Option(names = "--json", description = "Print the runs as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RunList runs = Runs.below(folder);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? ResultJson.line(runs) : Runs.describe(runs));
    out.flush();
    return 0;
  }
}
