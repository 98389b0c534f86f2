package mos.report;

import mos.console.Durations;
import mos.console.Numbers;
import mos.results.RunSummary;

/** What a person looks for first: constraint met or not, how much faster, what quality. */
final class ResultSection {
  private ResultSection() {}

  static String html(OutputFolder folder) {
    StringBuilder out = new StringBuilder();
    if (!folder.finished()) {
      return Html.absent(
          folder.notes().stream().anyMatch(note -> note.startsWith(RunSummary.FILE_NAME))
              ? "summary.json of this folder cannot be read; see the top of the page."
              : "No summary.json in this folder: the experiment has not finished.");
    }
    RunFigures run = folder.run();
    verdict(run, out);
    String conclusion = new Conclusion(run).text();
    if (!conclusion.isEmpty()) {
      out.append(Html.element("p", "conclusion", conclusion)).append('\n');
    }
    keyFigures(run, out);
    constraints(run, out);
    return out.toString();
  }

  private static void verdict(RunFigures run, StringBuilder out) {
    boolean several = run.constraints().size() > 1;
    String name = several ? "Constraints" : "Constraint";
    switch (run.verdict()) {
      case MET -> verdict("met", "✓", name + " met", "", out);
      case MISSED -> verdict("missed", "✗", name + " NOT met", whatToDo(run), out);
      case UNKNOWN -> verdict("unknown", "?", "Constraint: not recorded", "", out);
    }
  }

  private static String whatToDo(RunFigures run) {
    double load =
        run.constraints().stream()
            .filter(one -> one.result().timed() && !one.result().met())
            .mapToDouble(ConstraintWords::otherLoad)
            .findFirst()
            .orElse(Double.NaN);
    String others =
        load > 0.1
            ? "Other programs kept "
                + Numbers.fixed(load, 1)
                + " cores busy while it was measured, which disturbs measurements. "
            : "";
    return run.missedTime()
        ? others + "Measure again when nothing else runs (see What next), or give a larger limit."
        : "Give a larger limit.";
  }

  private static void verdict(
      String cssClass, String mark, String words, String more, StringBuilder out) {
    out.append("<div class=\"verdict ").append(cssClass).append("\" role=\"status\">");
    out.append("<span class=\"mark\" aria-hidden=\"true\">").append(mark).append("</span><p>");
    out.append(Html.element("strong", words));
    out.append(more.isEmpty() ? "" : Html.element("span", more)).append("</p></div>\n");
  }

  private static void keyFigures(RunFigures run, StringBuilder out) {
    out.append("<dl class=\"figures\">\n");
    figure(
        "Speed",
        Double.isFinite(run.speedUp()) ? Conclusion.times(run.speedUp()) + " ×" : Numbers.NONE,
        Double.isFinite(run.speedUp()) ? "as fast as the largest" : "not recorded",
        out);
    figure(
        "Latency",
        Numbers.significant(run.latencyMs(), 3) + " ms",
        "measured: " + Instants.words(run.measuredAt()),
        out);
    figure(
        "BLEU, test",
        Numbers.fixed(run.bleu(), 2),
        Double.isFinite(run.inheritedBleu())
            ? "inherited " + Numbers.fixed(run.inheritedBleu(), 2)
            : "",
        out);
    figure(
        "Parameters",
        Numbers.si(run.params()),
        ofLargest(run.params(), run.largest().params()),
        out);
    figure("FLOPs", Numbers.si(run.flops()), ofLargest(run.flops(), run.largest().flops()), out);
    double seconds = run.seconds();
    figure("Time", seconds > 0 ? Durations.ofSeconds(seconds) : Numbers.NONE, "all stages", out);
    out.append("</dl>\n");
  }

  private static String ofLargest(double value, double largest) {
    return largest > 0 && Double.isFinite(value)
        ? Numbers.fixed(100 * value / largest, 0) + "% of the largest’s"
        : "";
  }

  private static void figure(String name, String value, String more, StringBuilder out) {
    out.append("<div>").append(Html.element("dt", name)).append(Html.element("dd", value));
    out.append(more.isEmpty() ? "" : Html.element("dd", "more", more)).append("</div>\n");
  }

  private static void constraints(RunFigures run, StringBuilder out) {
    if (run.constraints().isEmpty()) {
      return;
    }
    HtmlTable table =
        new HtmlTable(
            "stacked",
            "Constraint",
            "Limit",
            ">Measured",
            ">Share of largest",
            "Met",
            "Measured at",
            "Other load");
    for (ConstraintWords one : run.constraints()) {
      table.row(
          one.name(),
          one.limitInWords(),
          one.withUnit(one.result().measured()),
          one.shareInWords(),
          (one.result().met() ? "✓ yes, " : "✗ NO, ") + one.distance(),
          one.result().timed()
              ? Instants.words(Known.text(one.result().measuredAt()))
              : "counted, not timed",
          load(one));
    }
    out.append(table.html(""));
  }

  private static String load(ConstraintWords one) {
    if (!one.result().timed()) {
      return Numbers.NONE;
    }
    return Double.isFinite(one.otherLoad())
        ? Numbers.fixed(one.otherLoad(), 2) + " cores"
        : Instants.NOT_RECORDED;
  }
}
