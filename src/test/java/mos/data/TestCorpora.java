package mos.data;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Corpora in memory, for tests. */
final class TestCorpora {
  private TestCorpora() {}

  /** Sentences of these lengths. */
  static ParallelCorpus ofLengths(int[] source, int[] target) {
    return new ParallelCorpus(
        new SentenceBlock("source", sentences(source)),
        new SentenceBlock("target", sentences(target)),
        dictionary(),
        dictionary());
  }

  static Dictionary dictionary() {
    return Dictionary.fromCounts(Map.of("a", 2L, "b", 1L), 0, 0, 1);
  }

  private static int[][] sentences(int[] lengths) {
    return Arrays.stream(lengths)
        .mapToObj(
            length -> {
              int[] sentence = new int[length];
              Arrays.fill(sentence, 4);
              sentence[length - 1] = Dictionary.EOS;
              return sentence;
            })
        .toArray(int[][]::new);
  }

  /** Every sentence of a training set of one corpus, in its batches, in the order of an epoch. */
  static List<int[]> batches(EpochPlan plan) {
    return IntStream.range(0, plan.batches()).mapToObj(plan::batch).toList();
  }
}
