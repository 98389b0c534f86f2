package mos.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * BLEU on plain text, comparable between papers: sacrebleu's tokenisation 13a and exponential
 * smoothing, one reference.
 *
 * <p>Source: Post, A Call for Clarity in Reporting BLEU Scores, WMT 2018; sacrebleu 2.6.0.
 *
 * @param score 0 to 100
 * @param precisions smoothed 1- to 4-gram precisions, 0 to 100; 0 from the first order on of which
 *     the system output has no n-gram at all
 * @param brevityPenalty 0 to 1
 * @param systemLength tokens of the system output
 * @param referenceLength tokens of the reference
 * @param counts matching 1- to 4-grams
 * @param totals 1- to 4-grams of the system output
 * @param lowercase whether both sides were lower-cased first
 */
public record SacreBleu(
    double score,
    List<Double> precisions,
    double brevityPenalty,
    long systemLength,
    long referenceLength,
    List<Long> counts,
    List<Long> totals,
    boolean lowercase) {
  /** The version of sacrebleu whose numbers these are. */
  static final String VERSION = "2.6.0";

  public SacreBleu {
    precisions = List.copyOf(precisions);
    counts = List.copyOf(counts);
    totals = List.copyOf(totals);
  }

  /**
   * Scores plain, detokenised lines.
   *
   * @throws mos.base.MosException when the numbers of lines differ
   */
  public static SacreBleu of(List<String> system, List<String> reference, boolean lowercase) {
    Segments.requireParallel(system, reference);
    NgramMatches ngrams = new NgramMatches();
    for (int i = 0; i < system.size(); i++) {
      ngrams.add(tokens(system.get(i), lowercase), tokens(reference.get(i), lowercase));
    }
    return of(ngrams, lowercase);
  }

  private static List<String> tokens(String line, boolean lowercase) {
    String text = lowercase ? line.toLowerCase(Locale.ROOT) : line;
    return Mteval13a.tokens(Mteval13a.stripTrailing(text));
  }

  private static SacreBleu of(NgramMatches ngrams, boolean lowercase) {
    List<Double> precisions = new ArrayList<>();
    List<Long> counts = new ArrayList<>();
    List<Long> totals = new ArrayList<>();
    for (int n = 1; n <= NgramMatches.ORDER; n++) {
      counts.add(ngrams.matches(n));
      totals.add(ngrams.totals(n));
    }
    boolean anyMatch = counts.stream().anyMatch(count -> count > 0);
    double logSum = 0;
    double halvings = 1;
    for (int n = 0; n < NgramMatches.ORDER; n++) {
      double precision = 0;
      if (anyMatch && totals.get(n) > 0) {
        if (counts.get(n) == 0) {
          halvings *= 2;
          precision = 100.0 / (halvings * totals.get(n));
        } else {
          precision = 100.0 * counts.get(n) / totals.get(n);
        }
      }
      precisions.add(precision);
      logSum += Segments.log(precision);
    }
    double brevityPenalty = ngrams.brevityPenalty();
    double score = anyMatch ? brevityPenalty * Math.exp(logSum / NgramMatches.ORDER) : 0;
    return new SacreBleu(
        score,
        precisions,
        brevityPenalty,
        ngrams.systemLength(),
        ngrams.referenceLength(),
        counts,
        totals,
        lowercase);
  }

  /** What was computed, in sacrebleu's notation. */
  public String signature() {
    return String.format(
        Locale.ROOT,
        "nrefs:1|case:%s|eff:no|tok:13a|smooth:exp|version:%s",
        lowercase ? "lc" : "mixed",
        VERSION);
  }

  /** The score in sacrebleu's text form: {@code BLEU|signature = 28.41 60.1/34.2/… (BP = …)}. */
  public String line() {
    List<String> rounded = precisions.stream().map(p -> Bleu.round(p, 1)).toList();
    double ratio = referenceLength == 0 ? 0 : (double) systemLength / referenceLength;
    return String.format(
        Locale.ROOT,
        "BLEU|%s = %s %s (BP = %s ratio = %s hyp_len = %d ref_len = %d)",
        signature(),
        Bleu.round(score, 2),
        String.join("/", rounded),
        Bleu.round(brevityPenalty, 3),
        Bleu.round(ratio, 3),
        systemLength,
        referenceLength);
  }
}
