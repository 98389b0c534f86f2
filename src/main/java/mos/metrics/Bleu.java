package mos.metrics;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;
import java.util.regex.Pattern;

/**
 * Corpus BLEU on tokenised text, up to 4-grams, without smoothing.
 *
 * <p>Source: Papineni et al., ACL 2002; output form of Moses' multi-bleu.perl.
 *
 * @param score 0 to 100
 * @param precisions clipped 1- to 4-gram precisions, 0 to 100
 * @param brevityPenalty 0 to 1
 * @param systemLength tokens of the system output
 * @param referenceLength tokens of the reference
 */
public record Bleu(
    double score,
    List<Double> precisions,
    double brevityPenalty,
    long systemLength,
    long referenceLength) {
  private static final String UNKNOWN = "<unk>";

  /** No token of a hypothesis, for no token has a line end. */
  private static final String UNKNOWN_REFERENCE = "<unk>\n";

  private static final Pattern COMPOUND = Pattern.compile("(\\S)-(\\S)");
  private static final String WHITE_SPACE = " \t\n\r\f\u000B";

  public Bleu {
    precisions = List.copyOf(precisions);
  }

  /**
   * Scores token lines, split at ASCII white space. Unknown words of a reference, {@value
   * #UNKNOWN}, match nothing, as in fairseq's scoring.
   *
   * @throws mos.base.MosException when the numbers of lines differ
   */
  public static Bleu of(List<String> system, List<String> reference) {
    return of(new Metric(false, false).sums(system, List.of(reference)));
  }

  /** The score of the sums of {@link Metric}. */
  public static Bleu of(double[] sums) {
    return of(new NgramMatches(sums));
  }

  /**
   * How segments are counted.
   *
   * @param lowercase whether both sides are lower-cased first
   * @param splitCompounds whether hyphens within tokens are set apart first; see {@link
   *     Bleu#splitCompounds}
   */
  public record Metric(boolean lowercase, boolean splitCompounds) implements CorpusMetric {
    @Override
    public String name() {
      return "BLEU";
    }

    @Override
    public double[] statistics(String system, List<String> references) {
      List<List<String>> expected = new ArrayList<>();
      for (String reference : references) {
        List<String> tokens = tokens(prepared(reference));
        tokens.replaceAll(token -> token.equals(UNKNOWN) ? UNKNOWN_REFERENCE : token);
        expected.add(tokens);
      }
      return NgramMatches.of(tokens(prepared(system)), expected);
    }

    private String prepared(String line) {
      String cased = Segments.cased(line, lowercase);
      return splitCompounds ? Bleu.splitCompounds(cased) : cased;
    }

    @Override
    public double score(double[] sums) {
      return of(sums).score();
    }

    /** Of no tool's: BLEU on tokens depends on how the text was tokenised. */
    @Override
    public String ownSignature() {
      return "case:" + (lowercase ? "lc" : "mixed") + "|eff:no|tok:none|smooth:none";
    }

    /** The form of multi-bleu.perl. */
    @Override
    public String line(double[] sums, int references) {
      return of(sums).line();
    }
  }

  private static Bleu of(NgramMatches ngrams) {
    List<Double> precisions = new ArrayList<>();
    double logSum = 0;
    for (int n = 1; n <= NgramMatches.ORDER; n++) {
      long total = ngrams.totals(n);
      double precision = total == 0 ? 0 : (double) ngrams.matches(n) / total;
      precisions.add(100 * precision);
      logSum += Segments.log(precision);
    }
    double brevityPenalty = ngrams.referenceLength() == 0 ? 0 : ngrams.brevityPenalty();
    double score = 100 * brevityPenalty * Math.exp(logSum / NgramMatches.ORDER);
    return new Bleu(
        score, precisions, brevityPenalty, ngrams.systemLength(), ngrams.referenceLength());
  }

  /**
   * Sets hyphens between two characters apart, as HAT's scoring does before BLEU: {@code A-B}
   * becomes {@code A ##AT##-##AT## B}.
   */
  public static String splitCompounds(String line) {
    return line.indexOf('-') < 0 ? line : COMPOUND.matcher(line).replaceAll("$1 ##AT##-##AT## $2");
  }

  /** System tokens per reference token; 0 without reference tokens. */
  public double ratio() {
    return referenceLength == 0 ? 0 : (double) systemLength / referenceLength;
  }

  /** {@code BLEU = 28.41, 60.1/34.2/21.8/14.4 (BP=1.000, ratio=…, hyp_len=…, ref_len=…)}. */
  public String line() {
    if (referenceLength == 0) {
      return "BLEU = 0, 0/0/0/0 (BP=0, ratio=0, hyp_len=0, ref_len=0)";
    }
    List<String> rounded = precisions.stream().map(p -> round(p, 1)).toList();
    return String.format(
        Locale.ROOT,
        "BLEU = %s, %s (BP=%s, ratio=%s, hyp_len=%d, ref_len=%d)",
        round(score, 2),
        String.join("/", rounded),
        round(brevityPenalty, 3),
        round(ratio(), 3),
        systemLength,
        referenceLength);
  }

  /** Rounds the exact binary value half to even, as C's printf does; Java's format does not. */
  public static String round(double value, int digits) {
    return new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
  }

  private static List<String> tokens(String line) {
    StringTokenizer tokenizer = new StringTokenizer(line, WHITE_SPACE);
    List<String> tokens = new ArrayList<>(tokenizer.countTokens());
    while (tokenizer.hasMoreTokens()) {
      tokens.add(tokenizer.nextToken());
    }
    return tokens;
  }
}
