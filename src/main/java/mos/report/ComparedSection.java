package mos.report;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import mos.console.Numbers;
import mos.results.ComparedModel;

/** The found SubTransformer beside the largest and, where it was trained, a Transformer base. */
final class ComparedSection {
  private static final Map<String, String> NAMES =
      Map.of(
          "found", "found SubTransformer",
          "largest", "largest SubTransformer",
          "base", "Transformer base");
  private static final Map<String, String> WEIGHTS =
      Map.of(
          "final", "trained on its own",
          "inherited", "inherited, not trained further");

  private ComparedSection() {}

  static String html(OutputFolder folder) {
    Map<String, ComparedModel> models = folder.run().comparison();
    if (models.isEmpty()) {
      return Html.absent("Nothing was compared: the run has not come to it, or is older.");
    }
    HtmlTable table =
        new HtmlTable(
            "stacked",
            "Model",
            "Weights",
            ">BLEU, test",
            ">sacreBLEU, test",
            ">p50, ms",
            ">p95, ms",
            ">Found is faster",
            ">Tokens/s in batches",
            ">Peak memory, MiB",
            ">in batches, MiB",
            ">Parameters");
    double found = Known.figure(models.get("found").latencyP50Ms());
    models.forEach(
        (name, model) -> {
          row(table, name, model, found);
          if (name.equals("found")) {
            inherited(table, folder.run());
          }
        });
    return table.html("") + Html.element("p", "caption", caption(models)) + "\n";
  }

  private static void row(HtmlTable table, String name, ComparedModel model, double found) {
    double p50 = Known.figure(model.latencyP50Ms());
    table.row(
        NAMES.getOrDefault(name, name),
        WEIGHTS.getOrDefault(Known.text(model.weights()), Known.text(model.weights())),
        Numbers.fixed(Known.figure(model.bleu()), 2),
        Numbers.fixed(Known.figure(model.sacrebleu()), 2),
        Numbers.significant(p50, 3),
        Numbers.significant(Known.figure(model.latencyP95Ms()), 3),
        name.equals("found") || !Double.isFinite(p50 / found)
            ? Numbers.NONE
            : Numbers.fixed(p50 / found, 2) + " ×",
        Numbers.si(Known.figure(model.tokensPerSecond())),
        Numbers.fixed(Known.figure(model.peakMemoryMb()), 0),
        Numbers.fixed(Known.figure(model.peakMemoryBatchesMb()), 0),
        Numbers.si(Known.figure(model.params())));
  }

  /** Its scores before it was trained: what those of the largest compare with. */
  private static void inherited(HtmlTable table, RunFigures run) {
    String[] cells = new String[11];
    Arrays.fill(cells, Numbers.NONE);
    cells[0] = NAMES.get("found");
    cells[1] = WEIGHTS.get("inherited");
    cells[2] = Numbers.fixed(run.inheritedBleu(), 2);
    cells[3] = Numbers.fixed(Known.figure(run.sacreBleu().inherited()), 2);
    table.row(cells);
  }

  private static String caption(Map<String, ComparedModel> models) {
    List<String> sentences =
        List.of(
            "p50 and p95: half, and 95 of 100, of real test sentences took no longer, one at a time,"
                + " symbols to symbols.",
            "Peak memory: of a process that only translates, the program's own included; on a GPU"
                + " what the allocator kept.",
            "The largest has the SuperTransformer's weights as they are: trained on its own it would"
                + " score higher.",
            models.containsKey("base")
                ? "The Transformer base (width 512, FFN 2048, 8 heads, 6 + 6 layers) was trained from"
                    + " random weights with the same data and as many updates as the found one."
                : "--compare-base 1 also trains a Transformer base.");
    return String.join(" ", sentences);
  }
}
