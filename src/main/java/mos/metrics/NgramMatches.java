package mos.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums, over segments, of the n-grams of the system output and of how many of them a reference has
 * too, each counted at most as often as the reference that has it most often. The reference length
 * of a segment is that of the reference closest in length, of two the shorter.
 *
 * <p>Source: Papineni et al., BLEU, ACL 2002, sections 2.1 and 2.2.
 *
 * @param sums lengths of output and reference, matches of 1- to 4-grams, 1- to 4-grams
 */
// Sums as they were added up; nobody writes to them.
@SuppressWarnings("ArrayRecordComponent")
record NgramMatches(double[] sums) {
  static final int ORDER = 4;

  /** The numbers of sums. */
  static final int SIZE = 2 + 2 * ORDER;

  NgramMatches {
    if (sums.length == 0) {
      sums = new double[SIZE];
    }
  }

  /** What one segment adds, given as tokens without spaces in them. */
  static double[] of(List<String> system, List<List<String>> references) {
    double[] sums = new double[SIZE];
    sums[0] = system.size();
    sums[1] = closestLength(system.size(), references);
    for (int n = 1; n <= ORDER; n++) {
      sums[1 + ORDER + n] = Math.max(0, system.size() - n + 1);
      Map<String, Integer> left = new HashMap<>();
      for (List<String> reference : references) {
        count(reference, n).forEach((ngram, count) -> left.merge(ngram, count, Math::max));
      }
      for (int i = 0; i + n <= system.size(); i++) {
        String ngram = String.join(" ", system.subList(i, i + n));
        Integer available = left.get(ngram);
        if (available != null && available > 0) {
          left.put(ngram, available - 1);
          sums[1 + n]++;
        }
      }
    }
    return sums;
  }

  private static int closestLength(int length, List<List<String>> references) {
    int closest = references.get(0).size();
    for (List<String> reference : references) {
      int size = reference.size();
      int nearer = Math.abs(length - closest) - Math.abs(length - size);
      closest = nearer > 0 || (nearer == 0 && size < closest) ? size : closest;
    }
    return closest;
  }

  static Map<String, Integer> count(List<String> tokens, int n) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i + n <= tokens.size(); i++) {
      counts.merge(String.join(" ", tokens.subList(i, i + n)), 1, Integer::sum);
    }
    return counts;
  }

  long matches(int n) {
    return (long) sums[1 + n];
  }

  long totals(int n) {
    return (long) sums[1 + ORDER + n];
  }

  long systemLength() {
    return (long) sums[0];
  }

  long referenceLength() {
    return (long) sums[1];
  }

  /** exp(1 − r / c) where the output is shorter than the reference, otherwise 1. */
  double brevityPenalty() {
    if (systemLength() >= referenceLength()) {
      return 1;
    }
    return systemLength() == 0 ? 0 : Math.exp(1 - (double) referenceLength() / systemLength());
  }
}
