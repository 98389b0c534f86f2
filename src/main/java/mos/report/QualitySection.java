package mos.report;

import mos.console.Numbers;
import mos.results.LossFigures;
import mos.results.RunSummary;

/** Scores and losses of the found SubTransformer, beside those of the largest where known. */
final class QualitySection {
  private QualitySection() {}

  static String html(OutputFolder folder) {
    RunFigures run = folder.run();
    HtmlTable table = new HtmlTable("", "Found SubTransformer", ">inherited", ">final", ">change");
    RunSummary.BleuScores bleu = run.bleuScores();
    score(table, "BLEU, tokenised, test", bleu.inherited(), bleu.finished());
    score(table, "BLEU, tokenised, valid", bleu.validInherited(), bleu.validFinal());
    score(table, "sacreBLEU, test", run.sacreBleu().inherited(), run.sacreBleu().finished());
    score(table, "chrF, test", run.chrf().inherited(), run.chrf().finished());
    StringBuilder out = new StringBuilder("<div class=\"columns\">\n<div>\n");
    if (table.isEmpty()) {
      out.append(Html.absent("No scores yet."));
    } else {
      out.append(table.html(""));
      String signature = Known.text(run.sacreBleu().signature());
      if (!signature.isEmpty()) {
        out.append("<p class=\"caption\">sacreBLEU signature: <code>");
        out.append(Html.escape(signature)).append("</code></p>\n");
      }
    }
    out.append("</div>\n<div>\n");
    losses(run, out);
    return out.append("</div>\n</div>\n").append(TermsSection.link()).toString();
  }

  private static void score(HtmlTable table, String name, Double before, Double after) {
    double inherited = Known.figure(before);
    double last = Known.figure(after);
    if (Double.isFinite(inherited) || Double.isFinite(last)) {
      String change = Numbers.fixed(last - inherited, 2);
      String sign = last > inherited ? "+" : "";
      table.row(name, Numbers.fixed(inherited, 2), Numbers.fixed(last, 2), sign + change);
    }
  }

  private static void losses(RunFigures run, StringBuilder out) {
    HtmlTable table = new HtmlTable("", "Validation", ">loss", ">NLL", ">perplexity");
    for (String which : new String[] {"largest", "smallest"}) {
      LossFigures valid = run.valid(which);
      if (valid != null) {
        table.row(
            which + ", in the SuperTransformer",
            Numbers.fixed(valid.loss(), 3),
            Numbers.fixed(valid.nllLoss(), 3),
            Numbers.fixed(valid.ppl(), 2));
      }
    }
    double inherited = run.inheritedLoss();
    if (run.setting("fitness").equals("loss") && Double.isFinite(inherited)) {
      String words = "found, inherited weights";
      table.row(words, Numbers.fixed(inherited, 3), Numbers.NONE, Numbers.NONE);
    }
    double last = run.finalLoss();
    if (Double.isFinite(last)) {
      table.row("found, trained on its own", Numbers.fixed(last, 3), Numbers.NONE, Numbers.NONE);
    }
    if (table.isEmpty()) {
      return;
    }
    out.append(table.html(""));
    double updates = Known.figure(run.supernet().updates());
    double parameters = Known.figure(run.supernet().parameters());
    String size =
        updates > 0 && parameters > 0
            ? "SuperTransformer: "
                + Numbers.si(parameters)
                + " parameters, "
                + Numbers.fixed(updates, 0)
                + " updates. "
            : "";
    out.append(Html.element("p", "caption", size + "The largest is not trained on its own."));
    out.append('\n');
  }
}
