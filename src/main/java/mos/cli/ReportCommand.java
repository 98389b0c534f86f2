package mos.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import mos.base.Json;
import mos.report.ReportPage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: writes the page of an experiment's output folder. */
@Command(
    name = "report",
    description =
        "Writes report.html of an output folder: one self-contained page with the found"
            + " architecture, scores, training curves, search and example translations. Every file"
            + " of the experiment is optional; what is missing is said in the page.",
    footer = {"", "Example:", "  mos report out/sample"})
public final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "Output folder of an experiment.")
  private Path folder;

  @Option(names = "--json", description = "Print one JSON object with the page's path.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path page = ReportPage.write(folder);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? Json.line(Json.object().put("report", page.toString())) : page);
    out.flush();
    return CommandLine.ExitCode.OK;
  }
}
