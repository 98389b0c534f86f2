package mos.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** What was found: key figures, the architecture, latency against its constraint, quality. */
final class SummarySection {
  private SummarySection() {}

  static String html(OutputFolder folder) {
    JsonNode summary = folder.summary();
    StringBuilder out = new StringBuilder();
    if (summary.isMissingNode()) {
      out.append(Html.absent("No summary.json in this folder: the experiment has not finished."));
    } else {
      keyFigures(summary, out);
      constraints(summary, out);
    }
    architecture(folder, out);
    if (!summary.isMissingNode()) {
      out.append("<div class=\"columns\">\n<div>\n");
      quality(summary, out);
      out.append("</div>\n<div>\n");
      supernet(summary, out);
      out.append("</div>\n</div>\n");
    }
    return out.toString();
  }

  private static void keyFigures(JsonNode summary, StringBuilder out) {
    out.append("<dl class=\"figures\">\n");
    double inherited = JsonLines.number(summary, "bleu", "inherited");
    figure(
        "BLEU, tokenised",
        Numbers.fixed(JsonLines.number(summary, "bleu", "final"), 2),
        Double.isFinite(inherited) ? "inherited " + Numbers.fixed(inherited, 2) : "",
        out);
    double constraint = JsonLines.number(summary, "latency_constraint_ms");
    figure(
        "Latency",
        Numbers.significant(JsonLines.number(summary, "latency_ms"), 3) + " ms",
        Double.isFinite(constraint) ? "at most " + Numbers.significant(constraint, 3) + " ms" : "",
        out);
    double params = JsonLines.number(summary, "params_without_embedding");
    figure(
        "Parameters",
        Numbers.si(JsonLines.number(summary, "params")),
        Double.isFinite(params) ? Numbers.si(params) + " without embeddings" : "",
        out);
    double flops = JsonLines.number(summary, "flops_without_output_layer");
    figure(
        "FLOPs",
        Numbers.si(JsonLines.number(summary, "flops")),
        Double.isFinite(flops) ? Numbers.si(flops) + " without output layer" : "",
        out);
    double seconds = StagesSection.total(summary);
    figure("Time", seconds > 0 ? Durations.ofSeconds(seconds) : Numbers.NONE, "all stages", out);
    out.append("</dl>\n");
  }

  private static void figure(String name, String value, String more, StringBuilder out) {
    out.append("<div>").append(Html.element("dt", name)).append(Html.element("dd", value));
    out.append(more.isEmpty() ? "" : Html.element("dd", "more", more)).append("</div>\n");
  }

  private static void constraints(JsonNode summary, StringBuilder out) {
    meter("Latency", summary, "latency_ms", "latency_constraint_ms", 1, " ms", out);
    meter("FLOPs", summary, "flops", "flops_constraint_giga", 1e-9, " G", out);
    meter(
        "Parameters",
        summary,
        "params_without_embedding",
        "params_constraint_mega",
        1e-6,
        " M",
        out);
  }

  /**
   * What was asked for and what was found, where both are known.
   *
   * @param scale turns the value into the constraint's unit
   */
  private static void meter(
      String name,
      JsonNode summary,
      String key,
      String constraintKey,
      double scale,
      String unit,
      StringBuilder out) {
    double value = JsonLines.number(summary, key) * scale;
    double constraint = JsonLines.number(summary, constraintKey);
    if (!(value > 0) || !(constraint > 0)) {
      return;
    }
    boolean met = value <= constraint;
    double full = Math.max(value, constraint) * 1.08;
    String words =
        String.format(
            Locale.ROOT,
            "Measured %s, constraint %s: %s %s %%.",
            Numbers.significant(value, 3) + unit,
            Numbers.significant(constraint, 3) + unit,
            met ? "met with a margin of" : "missed by",
            Numbers.fixed(Math.abs(1 - value / constraint) * 100, 1));
    out.append(Html.element("h3", name + " against the constraint"));
    out.append("\n<div class=\"meter\" role=\"img\" aria-label=\"");
    out.append(Html.escape(words)).append("\">");
    out.append("<div class=\"fill ").append(met ? "met" : "missed").append("\" style=\"width:");
    out.append(Svg.number(100 * value / full)).append("%\"></div>");
    out.append("<div class=\"limit\" style=\"left:").append(Svg.number(100 * constraint / full));
    out.append("%\"></div></div>\n").append(Html.element("p", "caption", words)).append('\n');
  }

  private static void architecture(OutputFolder folder, StringBuilder out) {
    out.append("<h3>Found SubTransformer</h3>\n");
    if (folder.architecture() == null) {
      out.append(Html.absent("No architecture has been found yet."));
      return;
    }
    out.append("<figure>\n").append(ArchitectureDrawing.svg(folder.architecture()));
    out.append(
        Html.element(
            "figcaption",
            "Bars: FFN and embedding sizes, to one scale. Squares: attention heads (self, and"
                + " cross for encoder-decoder attention). Curves: the encoder layers whose output"
                + " a decoder layer attends to. Layer 1 is at the bottom."));
    out.append("\n</figure>\n");
  }

  private static void quality(JsonNode summary, StringBuilder out) {
    HtmlTable table = new HtmlTable("", "Quality", ">inherited", ">final", ">change");
    score(summary, table, "BLEU, tokenised, test", "bleu", "inherited", "final");
    score(summary, table, "BLEU, tokenised, valid", "bleu", "valid_inherited", "valid_final");
    score(summary, table, "sacreBLEU, test", "sacrebleu", "inherited", "final");
    score(summary, table, "chrF, test", "chrf", "inherited", "final");
    if (table.isEmpty()) {
      out.append(Html.absent("No scores yet."));
      return;
    }
    out.append(table.html(""));
    String signature = JsonLines.text(summary, "sacrebleu", "signature");
    if (!signature.isEmpty()) {
      out.append("<p class=\"caption\">sacreBLEU signature: <code>");
      out.append(Html.escape(signature)).append("</code></p>\n");
    }
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

  private static void supernet(JsonNode summary, StringBuilder out) {
    HtmlTable table =
        new HtmlTable("", "SuperTransformer, valid", ">loss", ">NLL loss", ">perplexity");
    for (String which : new String[] {"largest", "smallest"}) {
      JsonNode valid = summary.path("supernet").path("valid").path(which);
      if (valid.isObject()) {
        table.row(
            which + " SubTransformer",
            Numbers.fixed(JsonLines.number(valid, "loss"), 3),
            Numbers.fixed(JsonLines.number(valid, "nll_loss"), 3),
            Numbers.fixed(JsonLines.number(valid, "ppl"), 2));
      }
    }
    if (!table.isEmpty()) {
      out.append(table.html(""));
      double updates = JsonLines.number(summary, "supernet", "updates");
      double parameters = JsonLines.number(summary, "supernet", "parameters");
      if (updates > 0 && parameters > 0) {
        String words =
            Numbers.si(parameters) + " parameters, " + Numbers.fixed(updates, 0) + " updates.";
        out.append(Html.element("p", "caption", words)).append('\n');
      }
    }
  }
}
