package mos.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.console.Table;
import mos.experiment.SystemScoring;
import mos.metrics.Bleu;
import mos.metrics.Chrf;
import mos.metrics.CorpusMetric;
import mos.metrics.SacreBleu;
import mos.results.ScoredFiles;
import mos.results.ScoredFiles.SystemScore;
import mos.results.ScoredFiles.SystemScores;

/**
 * What {@code score} prints: a line for each score of one system, a table of several.
 *
 * @param scoring what was asked
 * @param scored what was found
 */
record ScoreText(SystemScoring scoring, SystemScoring.Scored scored) {
  private static final double SIGNIFICANT = 0.05;

  String text() {
    return scored.systems().size() == 1 ? lines() : table();
  }

  private String lines() {
    StringBuilder out = new StringBuilder();
    List<SystemScore> scores = scored.systems().get(0).scores();
    for (int m = 0; m < scores.size(); m++) {
      SystemScore score = scores.get(m);
      double[] sums = scored.sums().get(0).get(m);
      CorpusMetric metric = scoring.metrics().get(m);
      if (score.mean() == null) {
        out.append(metric.line(sums, scoring.references().size()));
      } else {
        String detail = metric.detail(sums);
        out.append(score.name() + "|" + score.signature() + " = " + number(score.score()))
            .append(interval(score))
            .append(detail.isEmpty() ? "" : " " + detail);
      }
      out.append('\n');
    }
    return out.toString();
  }

  private String table() {
    boolean tested = scoring.test() != null;
    List<String> headers = new ArrayList<>(List.of("system"));
    for (CorpusMetric metric : scoring.metrics()) {
      headers.add(">" + metric.name());
      if (tested) {
        headers.add(">p");
        headers.add("");
      }
    }
    Table table = Table.of(headers.toArray(String[]::new));
    for (int s = 0; s < scored.systems().size(); s++) {
      SystemScores system = scored.systems().get(s);
      List<String> row = new ArrayList<>();
      row.add((tested && s == 0 ? "baseline: " : "") + system.system());
      for (SystemScore score : system.scores()) {
        row.add(number(score.score()) + interval(score));
        if (tested) {
          Double p = score.pValue();
          row.add(p == null ? "" : String.format(Locale.ROOT, "%.4f", p));
          row.add(p != null && p < SIGNIFICANT ? "*" : "");
        }
      }
      table.row(row.toArray());
    }
    StringBuilder out = new StringBuilder(table.toString()).append('\n');
    if (tested) {
      out.append(
          "p: how probable a difference from the baseline as large is between equals;"
              + " * below 0.05\n");
    }
    for (CorpusMetric metric : scoring.metrics()) {
      if (!metric.higherIsBetter()) {
        out.append(metric.name() + ": fewer is better\n");
      }
    }
    for (SystemScore score : scored.systems().get(0).scores()) {
      out.append(score.name() + "|" + score.signature() + "\n");
    }
    return out.toString();
  }

  private static String number(double value) {
    return Bleu.round(value, 2);
  }

  private static String interval(SystemScore score) {
    return score.mean() == null
        ? ""
        : " (μ = " + number(score.mean()) + " ± " + number(score.ci()) + ")";
  }

  ScoredFiles figures() {
    boolean one = scored.systems().size() == 1;
    return new ScoredFiles(
        one ? bleu().orElse(null) : null, one ? characters().orElse(null) : null, scored.systems());
  }

  private Optional<ScoredFiles.BleuParts> bleu() {
    double[] sums = scored.sums().get(0).get(0);
    if (scoring.metrics().get(0) instanceof SacreBleu.Metric) {
      SacreBleu bleu = SacreBleu.of(sums, false, 1);
      return Optional.of(
          new ScoredFiles.BleuParts(
              bleu.score(),
              scored.systems().get(0).scores().get(0).signature(),
              bleu.precisions(),
              bleu.brevityPenalty(),
              null,
              bleu.systemLength(),
              bleu.referenceLength(),
              bleu.counts(),
              bleu.totals()));
    }
    if (scoring.metrics().get(0) instanceof Bleu.Metric) {
      Bleu bleu = Bleu.of(sums);
      return Optional.of(
          new ScoredFiles.BleuParts(
              bleu.score(),
              null,
              bleu.precisions(),
              bleu.brevityPenalty(),
              bleu.ratio(),
              bleu.systemLength(),
              bleu.referenceLength(),
              null,
              null));
    }
    return Optional.empty();
  }

  private Optional<ScoredFiles.Characters> characters() {
    return scored.systems().get(0).scores().stream()
        .filter(score -> score.name().equals(new Chrf(0, false).name()))
        .findFirst()
        .map(score -> new ScoredFiles.Characters(score.score(), score.signature()));
  }
}
