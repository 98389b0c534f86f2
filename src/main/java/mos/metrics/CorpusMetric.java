package mos.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.base.MosException;

/**
 * A score of a whole translation that follows from sums over its segments: so that it can be
 * computed again for any choice of segments, as tests of significance do.
 */
public interface CorpusMetric {
  /** As sacrebleu names it: {@code BLEU}, {@code chrF2++}. */
  String name();

  /** Whether a greater score is a better one. */
  default boolean higherIsBetter() {
    return true;
  }

  /**
   * What one segment adds to the sums.
   *
   * @param references of this segment, at least one
   */
  double[] statistics(String system, List<String> references);

  /** The score of summed statistics. */
  double score(double[] sums);

  /** Parts of the score, for its line; may be empty. */
  default String detail(double[] sums) {
    return "";
  }

  /** How it was computed, in sacrebleu's notation without what all metrics share. */
  String ownSignature();

  /** What was computed, in sacrebleu's notation. */
  default String signature(int references) {
    return signature("nrefs:" + references);
  }

  /** The same with what a test of significance adds behind the number of references. */
  default String signature(String start) {
    return start + "|" + ownSignature() + "|version:" + SacreBleu.VERSION;
  }

  /** {@code chrF2|signature = 56.78}, as sacrebleu prints it. */
  default String line(double[] sums, int references) {
    String detail = detail(sums);
    return String.format(
        Locale.ROOT,
        "%s|%s = %s%s",
        name(),
        signature(references),
        Bleu.round(score(sums), 2),
        detail.isEmpty() ? "" : " " + detail);
  }

  /**
   * The statistics of all segments.
   *
   * @param references one list for each reference, each as long as {@code system}
   * @throws MosException when the numbers of lines differ
   */
  default double[][] segments(List<String> system, List<List<String>> references) {
    for (List<String> reference : references) {
      Segments.requireParallel(system, reference);
    }
    double[][] segments = new double[system.size()][];
    for (int i = 0; i < segments.length; i++) {
      List<String> here = new ArrayList<>(references.size());
      for (List<String> reference : references) {
        here.add(reference.get(i));
      }
      segments[i] = statistics(system.get(i), here);
    }
    return segments;
  }

  /** The sums over all segments; see {@link #segments}. */
  default double[] sums(List<String> system, List<List<String>> references) {
    return sum(segments(system, references));
  }

  /** The sums of the statistics of segments. */
  static double[] sum(double[][] segments) {
    return Segments.sum(segments);
  }
}
