package mos.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * chrF2: the F-score of character n-grams up to 6, recall weighing twice precision, white space
 * left out; chrF2++ with word n-grams up to 2 beside them. Orders of which either side has no
 * n-gram are left out of the average. Of several references a segment counts with the one that
 * gives it the best score.
 *
 * <p>Source: Popović, chrF, WMT 2015, and chrF++, WMT 2017; sacrebleu 2.6.0.
 *
 * @param wordOrder longest word n-gram, from 0
 * @param lowercase whether both sides are lower-cased first
 */
public record Chrf(int wordOrder, boolean lowercase) implements CorpusMetric {
  private static final int CHARACTER_ORDER = 6;
  private static final double BETA_SQUARED = 4;
  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

  /** Words of chrF2++. */
  public static final int WORD_ORDER_PLUS_PLUS = 2;

  public Chrf {
    if (wordOrder < 0) {
      throw new IllegalArgumentException("word order: got " + wordOrder + ", must be at least 0");
    }
  }

  /** Scores plain lines, 0 to 100. */
  public double of(List<String> system, List<String> reference) {
    return score(sums(system, List.of(reference)));
  }

  @Override
  public String name() {
    return "chrF2" + "+".repeat(wordOrder);
  }

  @Override
  public String ownSignature() {
    return "case:" + (lowercase ? "lc" : "mixed") + "|eff:yes|nc:6|nw:" + wordOrder + "|space:no";
  }

  /** For each order: n-grams of the output, n-grams of the reference, matches. */
  @Override
  public double[] statistics(String system, List<String> references) {
    List<Map<String, Integer>> found = ngrams(system);
    double[] best = null;
    double bestScore = -1;
    for (String reference : references) {
      double[] statistics = matches(found, ngrams(reference));
      double score = score(statistics);
      if (score > bestScore) {
        best = statistics;
        bestScore = score;
      }
    }
    return best;
  }

  private static double[] matches(
      List<Map<String, Integer>> system, List<Map<String, Integer>> reference) {
    double[] statistics = new double[3 * system.size()];
    for (int n = 0; n < system.size(); n++) {
      Map<String, Integer> expected = reference.get(n);
      // sacrebleu: output n-grams are not held against a reference too short to have any
      statistics[3 * n] = expected.isEmpty() ? 0 : sum(system.get(n));
      statistics[3 * n + 1] = sum(expected);
      for (Map.Entry<String, Integer> ngram : system.get(n).entrySet()) {
        statistics[3 * n + 2] +=
            Math.min(ngram.getValue(), expected.getOrDefault(ngram.getKey(), 0));
      }
    }
    return statistics;
  }

  private static long sum(Map<String, Integer> ngrams) {
    return ngrams.values().stream().mapToLong(Integer::longValue).sum();
  }

  /** Counted n-grams: of characters in order of their length, then of words. */
  private List<Map<String, Integer>> ngrams(String line) {
    List<String> words = Mteval13a.splitAtWhiteSpace(Segments.cased(line, lowercase));
    String text = String.join("", words);
    int[] offsets = codePointOffsets(text);
    List<Map<String, Integer>> all = new ArrayList<>();
    for (int n = 1; n <= CHARACTER_ORDER; n++) {
      Map<String, Integer> counts = new HashMap<>();
      for (int i = 0; i + n < offsets.length; i++) {
        counts.merge(text.substring(offsets[i], offsets[i + n]), 1, Integer::sum);
      }
      all.add(counts);
    }
    if (wordOrder > 0) {
      List<String> apart = punctuationApart(words);
      for (int n = 1; n <= wordOrder; n++) {
        all.add(NgramMatches.count(apart, n));
      }
    }
    return all;
  }

  /** One mark of punctuation is set apart, at the end of a word or else at its beginning. */
  private static List<String> punctuationApart(List<String> words) {
    List<String> apart = new ArrayList<>();
    for (String word : words) {
      int last = word.length() - 1;
      boolean single = word.codePointCount(0, word.length()) == 1;
      if (!single && PUNCTUATION.indexOf(word.charAt(last)) >= 0) {
        apart.add(word.substring(0, last));
        apart.add(word.substring(last));
      } else if (!single && PUNCTUATION.indexOf(word.charAt(0)) >= 0) {
        apart.add(word.substring(0, 1));
        apart.add(word.substring(1));
      } else {
        apart.add(word);
      }
    }
    return apart;
  }

  /** Where each code point starts, and the text's length at the end. */
  private static int[] codePointOffsets(String text) {
    int[] offsets = new int[text.codePointCount(0, text.length()) + 1];
    for (int i = 1; i < offsets.length; i++) {
      offsets[i] = text.offsetByCodePoints(offsets[i - 1], 1);
    }
    return offsets;
  }

  @Override
  public double score(double[] sums) {
    double precision = 0;
    double recall = 0;
    int orders = 0;
    for (int n = 0; n < sums.length / 3; n++) {
      double system = sums[3 * n];
      double reference = sums[3 * n + 1];
      if (system > 0 && reference > 0) {
        precision += sums[3 * n + 2] / system;
        recall += sums[3 * n + 2] / reference;
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
