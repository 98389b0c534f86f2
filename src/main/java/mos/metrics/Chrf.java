package mos.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * chrF2: the F-score of character n-grams up to 6, recall weighing twice precision, white space
 * left out. Orders of which either side has no n-gram are left out of the average.
 *
 * <p>Source: Popović, chrF, WMT 2015; sacrebleu 2.6.0.
 *
 * @param score 0 to 100
 * @param lowercase whether both sides were lower-cased first
 */
public record Chrf(double score, boolean lowercase) {
  private static final int ORDER = 6;
  private static final double BETA_SQUARED = 4;

  /**
   * Scores plain lines.
   *
   * @throws mos.base.MosException when the numbers of lines differ
   */
  public static Chrf of(List<String> system, List<String> reference, boolean lowercase) {
    Segments.requireParallel(system, reference);
    Counts counts = new Counts();
    for (int i = 0; i < system.size(); i++) {
      counts.add(prepare(system.get(i), lowercase), prepare(reference.get(i), lowercase));
    }
    return new Chrf(counts.score(), lowercase);
  }

  /** What was computed, in sacrebleu's notation. */
  public String signature() {
    return String.format(
        Locale.ROOT,
        "nrefs:1|case:%s|eff:yes|nc:6|nw:0|space:no|version:%s",
        lowercase ? "lc" : "mixed",
        SacreBleu.VERSION);
  }

  /** {@code chrF2|signature = 56.78}. */
  public String line() {
    return String.format(Locale.ROOT, "chrF2|%s = %s", signature(), Bleu.round(score, 2));
  }

  private static String prepare(String line, boolean lowercase) {
    String text = lowercase ? line.toLowerCase(Locale.ROOT) : line;
    return String.join("", Mteval13a.splitAtWhiteSpace(text));
  }

  /** Sums over the corpus, per order. */
  private static final class Counts {
    private final long[] system = new long[ORDER];
    private final long[] reference = new long[ORDER];
    private final long[] matches = new long[ORDER];

    void add(String systemText, String referenceText) {
      for (int n = 1; n <= ORDER; n++) {
        Map<String, Integer> systemNgrams = ngrams(systemText, n);
        Map<String, Integer> referenceNgrams = ngrams(referenceText, n);
        // sacrebleu: output n-grams are not held against a reference too short to have any
        if (!referenceNgrams.isEmpty()) {
          system[n - 1] += sum(systemNgrams);
        }
        reference[n - 1] += sum(referenceNgrams);
        for (Map.Entry<String, Integer> ngram : systemNgrams.entrySet()) {
          matches[n - 1] +=
              Math.min(ngram.getValue(), referenceNgrams.getOrDefault(ngram.getKey(), 0));
        }
      }
    }

    private static long sum(Map<String, Integer> ngrams) {
      return ngrams.values().stream().mapToLong(Integer::longValue).sum();
    }

    private static Map<String, Integer> ngrams(String text, int n) {
      int[] offsets = codePointOffsets(text);
      Map<String, Integer> counts = new HashMap<>();
      for (int i = 0; i + n < offsets.length; i++) {
        counts.merge(text.substring(offsets[i], offsets[i + n]), 1, Integer::sum);
      }
      return counts;
    }

    /** Where each code point starts, and the text's length at the end. */
    private static int[] codePointOffsets(String text) {
      int[] offsets = new int[text.codePointCount(0, text.length()) + 1];
      for (int i = 1; i < offsets.length; i++) {
        offsets[i] = text.offsetByCodePoints(offsets[i - 1], 1);
      }
      return offsets;
    }

    double score() {
      double precision = 0;
      double recall = 0;
      int orders = 0;
      for (int n = 0; n < ORDER; n++) {
        if (system[n] > 0 && reference[n] > 0) {
          precision += (double) matches[n] / system[n];
          recall += (double) matches[n] / reference[n];
          orders++;
        }
      }
      if (orders == 0 || precision + recall == 0) {
        return 0;
      }
      precision /= orders;
      recall /= orders;
      return 100 * (1 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall);
    }
  }
}
