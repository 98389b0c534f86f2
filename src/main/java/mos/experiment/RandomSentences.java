package mos.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import mos.data.Batch;
import mos.data.Dictionary;
import mos.data.Passes;

/**
 * Random sentences of one length, in passes that micro-batches were merged to.
 *
 * @param sourceVocabulary symbols of the source dictionary
 * @param targetVocabulary symbols of the target dictionary
 * @param tokens length of every sentence, the end symbol included
 */
record RandomSentences(int sourceVocabulary, int targetVocabulary, int tokens) {

  /**
   * The passes of one update.
   *
   * @param update target tokens
   * @param microBatch target tokens of a micro-batch
   * @param pass target tokens of a pass at most
   */
  List<Batch> passes(int update, int microBatch, int pass) {
    int sentences = Math.max(1, update / tokens);
    int each = Math.max(1, Math.min(microBatch, update) / tokens);
    List<int[]> microBatches = new ArrayList<>();
    for (int start = 0; start < sentences; start += each) {
      microBatches.add(IntStream.range(start, Math.min(sentences, start + each)).toArray());
    }
    SplittableRandom random = new SplittableRandom(1);
    return Passes.PACKED
        .merge(microBatches, i -> tokens, i -> tokens, Math.max(pass, tokens))
        .stream()
        .map(ids -> batch(ids.length, random))
        .toList();
  }

  private Batch batch(int size, SplittableRandom random) {
    int[][] source = new int[size][];
    int[][] target = new int[size][];
    int[][] previous = new int[size][];
    int[] lengths = new int[size];
    for (int b = 0; b < size; b++) {
      lengths[b] = tokens;
      source[b] = sentence(random, sourceVocabulary);
      target[b] = sentence(random, targetVocabulary);
      previous[b] = new int[tokens];
      previous[b][0] = Dictionary.EOS;
      System.arraycopy(target[b], 0, previous[b], 1, tokens - 1);
    }
    return new Batch(new int[size], source, lengths, target, previous, size * tokens);
  }

  private int[] sentence(SplittableRandom random, int vocabulary) {
    int[] sentence = random.ints(tokens, Dictionary.SPECIALS, vocabulary).toArray();
    sentence[tokens - 1] = Dictionary.EOS;
    return sentence;
  }
}
