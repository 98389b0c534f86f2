package mos.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import mos.results.ResultJson;
import mos.results.TakenFigures;
import mos.run.Take;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code take}: trains another answer of a run's search. */
@Command(
    name = "take",
    description =
        "A point of the front, or the best that the search knows under another constraint, is measured,"
            + " trained as the run trained what it found, and translates; all of it is in DIR/taken. The"
            + " run's summary and report tell of it beside what was found. The same command continues"
            + " where it stopped.",
    footer = {
      "",
      "Example:",
      "  mos take out/sample front/002.yml",
      "  mos take out/sample --constraint 40%%"
    })
public final class TakeCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "DIR", description = "Output folder of a finished run.")
  private Path folder;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "POINT",
      description =
          "A point of the front by number or file, such as 2 or front/002.yml; or another"
              + " architecture file of the search's folder.")
  private String point;

  @Option(
      names = {"--constraint"},
      paramLabel = "LIMIT",
      description =
          "In place of a point: the best that meets this limit. A share of the largest"
              + " SubTransformer's, such as 40%%, or a number in the unit of the run's constraint,"
              + " ms where latency is limited.")
  private String constraint;

  @Option(
      names = "--runner",
      paramLabel = "COMMAND",
      description = "The command that measured, where the run had one: only then is it run.")
  private String runner;

  @Option(names = "--json", description = "Print what was taken as one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    TakenFigures taken = Take.run(folder, Take.Asked.of(point, constraint), runner);
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? ResultJson.line(taken) : Take.describe(folder, taken));
    out.flush();
    return taken.missed() ? 1 : 0;
  }
}
