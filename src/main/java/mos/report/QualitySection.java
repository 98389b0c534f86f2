package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import mos.console.Numbers;

/** Scores and losses of the found SubTransformer, beside those of the largest where known. */
final class QualitySection {
  private QualitySection() {}

  static String html(OutputFolder folder) {
    JsonNode summary = folder.summary();
    HtmlTable table = new HtmlTable("", "Found SubTransformer", ">inherited", ">final", ">change");
    score(summary, table, "BLEU, tokenised, test", "bleu", "inherited", "final");
    score(summary, table, "BLEU, tokenised, valid", "bleu", "valid_inherited", "valid_final");
    score(summary, table, "sacreBLEU, test", "sacrebleu", "inherited", "final");
    score(summary, table, "chrF, test", "chrf", "inherited", "final");
    StringBuilder out = new StringBuilder("<div class=\"columns\">\n<div>\n");
    if (table.isEmpty()) {
      out.append(Html.absent("No scores yet."));
    } else {
      out.append(table.html(""));
      String signature = JsonLines.text(summary, "sacrebleu", "signature");
      if (!signature.isEmpty()) {
        out.append("<p class=\"caption\">sacreBLEU signature: <code>");
        out.append(Html.escape(signature)).append("</code></p>\n");
      }
    }
    out.append("</div>\n<div>\n");
    losses(summary, out);
    return out.append("</div>\n</div>\n").append(TermsSection.link()).toString();
  }

  private static void score(
      JsonNode summary, HtmlTable table, String name, String metric, String before, String after) {
    double inherited = JsonLines.number(summary, metric, before);
    double last = JsonLines.number(summary, metric, after);
    if (Double.isFinite(inherited) || Double.isFinite(last)) {
      String change = Numbers.fixed(last - inherited, 2);
      String sign = last > inherited ? "+" : "";
      table.row(name, Numbers.fixed(inherited, 2), Numbers.fixed(last, 2), sign + change);
    }
  }

  private static void losses(JsonNode summary, StringBuilder out) {
    HtmlTable table = new HtmlTable("", "Validation", ">loss", ">NLL", ">perplexity");
    for (String which : new String[] {"largest", "smallest"}) {
      JsonNode valid = summary.path("supernet").path("valid").path(which);
      if (valid.isObject()) {
        table.row(
            which + ", in the SuperTransformer",
            Numbers.fixed(JsonLines.number(valid, "loss"), 3),
            Numbers.fixed(JsonLines.number(valid, "nll_loss"), 3),
            Numbers.fixed(JsonLines.number(valid, "ppl"), 2));
      }
    }
    double inherited = JsonLines.number(summary, "inherited_loss");
    if (JsonLines.text(summary, "provenance", "settings", "fitness").equals("loss")
        && Double.isFinite(inherited)) {
      String words = "found, inherited weights";
      table.row(words, Numbers.fixed(inherited, 3), Numbers.NONE, Numbers.NONE);
    }
    double last = JsonLines.number(summary, "final_loss");
    if (Double.isFinite(last)) {
      table.row("found, trained on its own", Numbers.fixed(last, 3), Numbers.NONE, Numbers.NONE);
    }
    if (table.isEmpty()) {
      return;
    }
    out.append(table.html(""));
    double updates = JsonLines.number(summary, "supernet", "updates");
    double parameters = JsonLines.number(summary, "supernet", "parameters");
    String size =
        updates > 0 && parameters > 0
            ? "SuperTransformer: "
                + Numbers.si(parameters)
                + " parameters, "
                + Numbers.fixed(updates, 0)
                + " updates. "
            : "";
    out.append(
        Html.element(
            "p", "caption", size + "The largest is not trained on its own: it has no BLEU."));
    out.append('\n');
  }
}
