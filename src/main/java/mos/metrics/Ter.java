package mos.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Translation edit rate: how many insertions, deletions, substitutions and shifts of a run of words
 * make the output the reference, in percent of the reference's words. Less is better; more than 100
 * is possible. Of several references the one with the fewest edits counts, and the mean of their
 * lengths. Words are what stands between white space; by default their case does not count.
 *
 * <p>Source: Snover et al., A Study of Translation Edit Rate, AMTA 2006; the search of Tercom
 * 0.7.25 as sacrebleu 2.6.0 documents its defaults.
 *
 * @param caseSensitive whether {@code The} and {@code the} differ
 */
public record Ter(boolean caseSensitive) implements CorpusMetric {
  @Override
  public String name() {
    return "TER";
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public String ownSignature() {
    return "case:" + (caseSensitive ? "mixed" : "lc") + "|tok:tercom|norm:no|punct:yes|asian:no";
  }

  /** Edits, and words of the reference. */
  @Override
  public double[] statistics(String system, List<String> references) {
    Map<String, Integer> ids = new HashMap<>();
    int[] output = words(system, ids);
    long edits = Long.MAX_VALUE;
    long length = 0;
    for (String reference : references) {
      int[] words = words(reference, ids);
      edits = Math.min(edits, EditsWithShifts.count(output, words));
      length += words.length;
    }
    return new double[] {edits, (double) length / references.size()};
  }

  private int[] words(String line, Map<String, Integer> ids) {
    return Mteval13a.splitAtWhiteSpace(Segments.cased(line, !caseSensitive)).stream()
        .mapToInt(word -> ids.computeIfAbsent(word, w -> ids.size()))
        .toArray();
  }

  @Override
  public double score(double[] sums) {
    if (sums[1] > 0) {
      return 100 * (sums[0] / sums[1]);
    }
    return sums[0] > 0 ? 100 : 0;
  }
}
