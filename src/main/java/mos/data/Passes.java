package mos.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import mos.base.MosException;

/**
 * Re-packs the micro-batches of one update into few large passes: the gradient of an update is a
 * sum over its sentences, however they are grouped.
 */
public enum Passes {
  /** Sentences of a pass are padded to the longest of them, and padding counts. */
  PADDED,
  /** Sentences follow each other without padding: only tokens count. */
  PACKED;

  /** The same with the lengths of a corpus. */
  public List<int[]> merge(List<int[]> microBatches, ParallelCorpus corpus, int maxTokensPerPass) {
    return merge(microBatches, corpus.source()::length, corpus.target()::length, maxTokensPerPass);
  }

  /**
   * All sentences of {@code microBatches}, from the longest to the shortest, in passes of at most
   * {@code maxTokensPerPass} tokens each on the longer of the two sides. Longest first is the
   * fewest passes when padding counts: each then takes as many sentences as its longest, which some
   * pass must hold, allows.
   *
   * @throws MosException when one sentence alone is longer
   */
  public List<int[]> merge(
      List<int[]> microBatches,
      IntUnaryOperator sourceLength,
      IntUnaryOperator targetLength,
      int maxTokensPerPass) {
    IntUnaryOperator length = i -> Math.max(sourceLength.applyAsInt(i), targetLength.applyAsInt(i));
    int[] sentences =
        microBatches.stream()
            .flatMapToInt(IntStream::of)
            .boxed()
            .sorted(
                Comparator.<Integer>comparingInt(length::applyAsInt)
                    .thenComparingInt(i -> sourceLength.applyAsInt(i) + targetLength.applyAsInt(i))
                    .reversed()
                    .thenComparingInt(i -> i))
            .mapToInt(i -> i)
            .toArray();
    List<int[]> passes = new ArrayList<>();
    for (int start = 0; start < sentences.length; ) {
      int longest = Math.max(1, length.applyAsInt(sentences[start]));
      if (longest > maxTokensPerPass) {
        throw new MosException(
            "sentence "
                + sentences[start]
                + " has "
                + longest
                + " tokens, a pass takes "
                + maxTokensPerPass);
      }
      int end = start + 1;
      long tokens = longest;
      while (end < sentences.length) {
        // Sorted, so the first sentence is what the others would be padded to.
        tokens += this == PADDED ? longest : length.applyAsInt(sentences[end]);
        if (tokens > maxTokensPerPass) {
          break;
        }
        end++;
      }
      passes.add(IntStream.range(start, end).map(k -> sentences[k]).toArray());
      start = end;
    }
    return passes;
  }
}
