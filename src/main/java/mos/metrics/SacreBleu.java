package mos.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * BLEU on plain text, comparable between papers: sacrebleu's tokenisation 13a and exponential
 * smoothing.
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
 * @param references how many there are of each segment
 */
public record SacreBleu(
    double score,
    List<Double> precisions,
    double brevityPenalty,
    long systemLength,
    long referenceLength,
    List<Long> counts,
    List<Long> totals,
    boolean lowercase,
    int references) {
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
    return of(new Metric(lowercase).sums(system, List.of(reference)), lowercase, 1);
  }

  /**
   * The score of the sums of {@link Metric}.
   *
   * @param references how many there are of each segment
   */
  public static SacreBleu of(double[] sums, boolean lowercase, int references) {
    return of(new NgramMatches(sums), lowercase, references);
  }

  /**
   * How segments are counted.
   *
   * @param lowercase whether both sides are lower-cased first
   */
  public record Metric(boolean lowercase) implements CorpusMetric {
    @Override
    public String name() {
      return "BLEU";
    }

    @Override
    public double[] statistics(String system, List<String> references) {
      return NgramMatches.of(
          tokens(system, lowercase),
          references.stream().map(reference -> tokens(reference, lowercase)).toList());
    }

    @Override
    public double score(double[] sums) {
      return of(sums, lowercase, 1).score();
    }

    @Override
    public String detail(double[] sums) {
      return of(sums, lowercase, 1).detail();
    }

    @Override
    public String ownSignature() {
      return "case:" + (lowercase ? "lc" : "mixed") + "|eff:no|tok:13a|smooth:exp";
    }
  }

  private static List<String> tokens(String line, boolean lowercase) {
    return Mteval13a.tokens(Mteval13a.stripTrailing(Segments.cased(line, lowercase)));
  }

  private static SacreBleu of(NgramMatches ngrams, boolean lowercase, int references) {
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
        lowercase,
        references);
  }

  /** What was computed, in sacrebleu's notation. */
  public String signature() {
    return new Metric(lowercase).signature(references);
  }

  /** The score in sacrebleu's text form: {@code BLEU|signature = 28.41 60.1/34.2/… (BP = …)}. */
  public String line() {
    return String.format(
        Locale.ROOT, "BLEU|%s = %s %s", signature(), Bleu.round(score, 2), detail());
  }

  private String detail() {
    List<String> rounded = precisions.stream().map(p -> Bleu.round(p, 1)).toList();
    double ratio = referenceLength == 0 ? 0 : (double) systemLength / referenceLength;
    return String.format(
        Locale.ROOT,
        "%s (BP = %s ratio = %s hyp_len = %d ref_len = %d)",
        String.join("/", rounded),
        Bleu.round(brevityPenalty, 3),
        Bleu.round(ratio, 3),
        systemLength,
        referenceLength);
  }
}
