package mos.report;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import mos.console.Numbers;
import mos.results.ConstraintResult;
import mos.results.RunSummary;
import mos.results.TakenFigures;

/** Other answers of the search that were trained, beside the one that the run found. */
final class TakenSection {
  private TakenSection() {}

  static String html(OutputFolder folder) {
    RunFigures run = folder.run();
    HtmlTable table =
        new HtmlTable(
            "stacked",
            "Model",
            "From",
            "Constraint",
            ">Latency",
            ">Times as fast as the largest",
            ">Parameters",
            ">BLEU, test, inherited",
            ">BLEU, test, final");
    RunSummary summary = run.summary();
    table.row(
        "found by the run",
        "search",
        limits(summary.constraints().all()),
        Numbers.significant(run.latencyMs(), 3) + " ms",
        times(run.speedUp()),
        Numbers.si(run.params()),
        Numbers.fixed(run.inheritedBleu(), 2),
        Numbers.fixed(run.bleu(), 2));
    for (TakenFigures one : summary.others()) {
      RunSummary.BleuScores bleu =
          one.bleu() == null ? new RunSummary.BleuScores(null, null, null, null) : one.bleu();
      table.row(
          Known.text(one.folder()),
          Known.text(one.origin()),
          limits(one.constraints().all()),
          Numbers.significant(Known.figure(one.latency().latencyMs()), 3) + " ms",
          times(Known.figure(one.constraints().speedUp())),
          Numbers.si(Known.figure(one.counts().params())),
          Numbers.fixed(Known.figure(bleu.inherited()), 2),
          Numbers.fixed(Known.figure(bleu.finished()), 2));
    }
    return table.html("") + exports(folder);
  }

  /** How each is taken out as one folder. */
  private static String exports(OutputFolder folder) {
    String data = folder.run().setting("data");
    StringBuilder out = new StringBuilder("<p>To take one out as one folder:</p>\n");
    for (TakenFigures one : folder.run().summary().others()) {
      Path there = folder.path().resolve(Known.text(one.folder()));
      out.append(
          NextSteps.command(
              "./mos export --path "
                  + NextSteps.word(there.resolve("subtransformer/checkpoint_best.safetensors"))
                  + (data.isEmpty() ? "" : " --data " + NextSteps.word(Path.of(data)))
                  + " --out "
                  + NextSteps.word(there.resolve("model"))));
      out.append('\n');
    }
    return out.toString();
  }

  private static String limits(List<ConstraintResult> results) {
    return results.isEmpty()
        ? "none of its own"
        : results.stream()
            .map(one -> (one.met() ? "✓ " : "✗ NOT met: ") + one.limitText())
            .collect(Collectors.joining("; "));
  }

  private static String times(double speedUp) {
    return Double.isFinite(speedUp) ? Conclusion.times(speedUp) + " ×" : Numbers.NONE;
  }
}
