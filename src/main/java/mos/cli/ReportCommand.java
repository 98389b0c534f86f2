package mos.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import mos.report.ComparisonPage;
import mos.report.ReportPage;
import mos.results.ReportFigures;
import mos.results.ResultJson;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report}: writes the page of an experiment's output folder, or compares several. */
@Command(
    name = "report",
    description =
        "The page, report.html in the run's folder, is one file and says whether the constraint is"
            + " met, how fast and how good the found model is, what to do next, and how it was found."
            + " Every file of the run is optional; what is missing is said in the page. With --compare"
            + " two to four runs are set side by side in one page.",
    footer = {
      "",
      "Example:",
      "  mos report out/sample",
      "  mos report --compare out/hat out/mos --out comparison.html"
    })
public final class ReportCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "DIR",
      arity = "1..*",
      description = "Output folder of an experiment; several with --compare.")
  private List<Path> folders;

  @Option(names = "--compare", description = "Set two to four runs side by side.")
  private boolean compare;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Page of the comparison. Default: comparison.html.")
  private Path page;

  @Option(names = "--json", description = "Print one JSON object with the page's path.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path written = compare ? comparison() : single();
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? ResultJson.line(new ReportFigures(written.toString())) : written);
    out.flush();
    return CommandLine.ExitCode.OK;
  }

  private Path comparison() {
    if (folders.size() < 2 || folders.size() > ComparisonPage.MOST_RUNS) {
      throw misused("--compare: got " + folders.size() + " folder(s), need 2 to 4");
    }
    Path target = page == null ? Path.of(ComparisonPage.FILE_NAME) : page;
    ComparisonPage.write(new ArrayList<>(folders), target);
    return target;
  }

  private Path single() {
    if (folders.size() != 1 || page != null) {
      throw misused("several folders and --out need --compare; without it name one folder");
    }
    return ReportPage.write(folders.get(0));
  }

  private CommandLine.ParameterException misused(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }
}
