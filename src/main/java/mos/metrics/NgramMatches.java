package mos.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums, over sentence pairs, the n-grams of the system output and how many of them the reference
 * has too, each counted at most as often as the reference has it.
 *
 * <p>Source: Papineni et al., BLEU, ACL 2002, section 2.1.
 */
final class NgramMatches {
  static final int ORDER = 4;

  private final long[] matches = new long[ORDER];
  private final long[] totals = new long[ORDER];
  private long systemLength;
  private long referenceLength;

  /** Adds one sentence pair, as tokens without spaces in them. */
  void add(List<String> system, List<String> reference) {
    systemLength += system.size();
    referenceLength += reference.size();
    for (int n = 1; n <= ORDER; n++) {
      totals[n - 1] += Math.max(0, system.size() - n + 1);
      Map<String, Integer> left = count(reference, n);
      for (int i = 0; i + n <= system.size(); i++) {
        String ngram = String.join(" ", system.subList(i, i + n));
        Integer available = left.get(ngram);
        if (available != null && available > 0) {
          left.put(ngram, available - 1);
          matches[n - 1]++;
        }
      }
    }
  }

  private static Map<String, Integer> count(List<String> tokens, int n) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= tokens.size(); i++) {
      counts.merge(String.join(" ", tokens.subList(i, i + n)), 1, Integer::sum);
    }
    return counts;
  }

  long matches(int n) {
    return matches[n - 1];
  }

  long totals(int n) {
    return totals[n - 1];
  }

  long systemLength() {
    return systemLength;
  }

  long referenceLength() {
    return referenceLength;
  }

  /** exp(1 − r / c) where the output is shorter than the reference, otherwise 1. */
  double brevityPenalty() {
    if (systemLength >= referenceLength) {
      return 1;
    }
    return systemLength == 0 ? 0 : Math.exp(1 - (double) referenceLength / systemLength);
  }
}
