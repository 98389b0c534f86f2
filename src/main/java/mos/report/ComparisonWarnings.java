package mos.report;

import java.util.List;
import java.util.function.Function;

/** What makes the figures of several runs no fair comparison. */
final class ComparisonWarnings {
  private ComparisonWarnings() {}

  /** Adds a list of what differs; nothing where nothing does. */
  static void html(List<ComparedRun> runs, StringBuilder out) {
    StringBuilder items = new StringBuilder();
    differs(
        runs,
        "The tasks differ",
        "scores do not compare.",
        items,
        r -> Known.text(r.summary().task()));
    String sets = "scores do not compare.";
    differs(runs, "The test sets differ", sets, items, r -> r.data("test"));
    differs(
        runs,
        "The training data differ",
        "a better score may be the data’s doing.",
        items,
        r -> r.data("train"));
    differs(
        runs,
        "The devices differ",
        "latencies do not compare.",
        items,
        r -> Known.text(r.provenance().device()));
    for (ComparedRun run : runs) {
      if (run.folder().run().trial()) {
        String words = run.name() + " is a dry run (--trial_run 1): its figures mean nothing.";
        items.append(Html.element("li", words)).append('\n');
      }
    }
    if (!items.isEmpty()) {
      out.append("<ul class=\"notes\">\n").append(items).append("</ul>\n");
    }
  }

  private static void differs(
      List<ComparedRun> runs,
      String what,
      String so,
      StringBuilder items,
      Function<RunFigures, String> said) {
    long values =
        runs.stream()
            .map(run -> said.apply(run.folder().run()))
            .filter(text -> !text.isEmpty())
            .distinct()
            .count();
    if (values > 1) {
      items.append(Html.element("li", what + ": " + so)).append('\n');
    }
  }
}
