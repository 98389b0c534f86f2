package mos.report;

/** The words of the page, each explained once. */
final class TermsSection {
  private static final String[][] TERMS = {
    {
      "SuperTransformer",
      "One Transformer with the largest sizes of the search space. Every smaller one, a"
          + " SubTransformer, is a part of it. “The largest” is the SubTransformer with all of it."
    },
    {
      "inherited, final",
      "Inherited: the found SubTransformer with the weights that it has inside the SuperTransformer."
          + " Final: the same architecture after a training of its own."
    },
    {
      "latency",
      "Time to translate one sentence alone: the encoder once, then every decoder step of the beam"
          + " search, on the machine named under Provenance."
    },
    {
      "latency share",
      "Latency divided by that of the largest SubTransformer, both timed in turns. Other work on the"
          + " machine slows both, so that the share stays about the same."
    },
    {"constraint, limit", "What the found SubTransformer may cost at most, as the run was told."},
    {
      "loss",
      "What training makes small: how badly the model predicts each next token, in bits, with label"
          + " smoothing. Less is better."
    },
    {"NLL", "Negative log-likelihood: the loss without label smoothing, in bits per token."},
    {
      "perplexity",
      "2 to the power of NLL: among how many equally likely tokens the model hesitates on average."
    },
    {
      "BLEU, sacreBLEU, chrF",
      "Likeness of translations to references, 0 to 100. BLEU counts word sequences of tokenised text;"
          + " sacreBLEU does it on plain text in a form that papers can compare; chrF counts character"
          + " sequences."
    },
    {
      "candidate, generation",
      "A SubTransformer that the search scored. Each generation is bred from the best of the one"
          + " before."
    },
    {
      "Pareto front",
      "The candidates of which no other is both cheaper and better: the compromises worth choosing"
          + " from."
    },
    {
      "expert, router",
      "A Mixture-of-Supernets keeps several sets of weights, the experts. A router, a small network,"
          + " reads an architecture and says in which shares its weights are mixed from them."
    },
    {
      "router names",
      "archrouting: one mixture a weight matrix (layer-wise). neuronrouting: one mixture a row of it"
          + " (neuron-wise). jack: the published family. drop: with dropout. gelu, resnet: with GELU,"
          + " with residual connections. 2L, 3L, 4L: layers of the router."
    },
    {
      "Kendall’s tau",
      "Agreement of two orders: 1 the same, 0 unrelated, −1 reversed. RMSE and MAPE: root mean square"
          + " error, mean error in percent."
    }
  };

  private TermsSection() {}

  static String html() {
    StringBuilder out = new StringBuilder("<dl class=\"terms\">\n");
    for (String[] term : TERMS) {
      out.append("<div>").append(Html.element("dt", term[0]));
      out.append(Html.element("dd", term[1])).append("</div>\n");
    }
    return out.append("</dl>\n").toString();
  }

  /** A line that leads to the explanations. */
  static String link() {
    return "<p class=\"caption\">“Inherited”, NLL, perplexity and other words:"
        + " <a href=\"#terms\">explained below</a>.</p>\n";
  }
}
