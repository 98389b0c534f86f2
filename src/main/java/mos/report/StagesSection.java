package mos.report;

import java.util.Locale;
import java.util.Map;
import mos.console.Durations;

/** How long each stage took. */
final class StagesSection {
  private static final Map<String, String> TITLES =
      Map.ofEntries(
          Map.entry("data", "make the data"),
          Map.entry("supernet", "train the SuperTransformer"),
          Map.entry("latency_dataset", "measure random SubTransformers"),
          Map.entry("latency_predictor", "train the latency predictor"),
          Map.entry("evo_search", "search"),
          Map.entry("measure", "measure the found SubTransformer"),
          Map.entry("train", "train the found SubTransformer"),
          Map.entry("inherited_valid", "translate valid, inherited weights"),
          Map.entry("inherited_test", "translate test, inherited weights"),
          Map.entry("final_valid", "translate valid, final weights"),
          Map.entry("final_test", "translate test, final weights"),
          Map.entry("speed_found", "measure how the found one translates"),
          Map.entry("largest_test", "translate test, largest, inherited weights"),
          Map.entry("speed_largest", "measure how the largest translates"),
          Map.entry("base_train", "train a Transformer base"),
          Map.entry("base_test", "translate test, Transformer base"),
          Map.entry("speed_base", "measure how the Transformer base translates"));

  private StagesSection() {}

  static String html(OutputFolder folder) {
    RunFigures run = folder.run();
    double total = run.seconds();
    if (!(total > 0)) {
      return Html.absent("No times of stages yet.");
    }
    StringBuilder out = new StringBuilder("<table class=\"stages\">\n<thead><tr>");
    out.append("<th scope=\"col\">Stage</th><th scope=\"col\" class=\"number\">Time</th>");
    out.append("<th scope=\"col\">Share</th></tr></thead>\n<tbody>\n");
    for (Map.Entry<String, Double> stage : run.summary().seconds().entrySet()) {
      if (RunFigures.isDuration(stage.getValue())) {
        row(title(stage.getKey()), stage.getValue(), total, out);
      }
    }
    out.append("</tbody>\n<tfoot><tr><th scope=\"row\">all</th><td class=\"number\">");
    out.append(Durations.ofSeconds(total)).append("</td><td></td></tr></tfoot></table>\n");
    return out.toString();
  }

  private static String title(String stage) {
    return TITLES.getOrDefault(stage, stage.replace('_', ' '));
  }

  private static void row(String name, double seconds, double total, StringBuilder out) {
    String share = String.format(Locale.ROOT, "%.1f", 100 * seconds / total);
    out.append("<tr>").append("<th scope=\"row\">").append(Html.escape(name)).append("</th>");
    out.append("<td class=\"number\">").append(Durations.ofSeconds(seconds)).append("</td>");
    out.append("<td><div class=\"share\"><div class=\"fill\" style=\"width:").append(share);
    out.append("%\"></div></div><span class=\"percent\">").append(share);
    out.append(" %</span></td></tr>\n");
  }
}
