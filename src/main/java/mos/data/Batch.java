package mos.data;

import java.util.Arrays;
import mos.base.MosException;

/**
 * Sentence pairs of one forward pass, padded with {@link Dictionary#PAD}: B pairs, the longest
 * source has S tokens, the longest target T.
 *
 * @param sentences (B) indices in the corpus
 * @param source (B, S)
 * @param sourceLengths (B) without padding
 * @param target (B, T), padded on the right
 * @param previousOutput (B, T): the target one place later behind an EOS, what the decoder reads
 * @param targetTokens the number of target tokens that are not padding
 */
// Arrays, for they are copied into native memory as they are; nobody writes to them.
@SuppressWarnings("ArrayRecordComponent")
public record Batch(
    int[] sentences,
    int[][] source,
    int[] sourceLengths,
    int[][] target,
    int[][] previousOutput,
    int targetTokens) {

  /** On which side the source is padded. */
  public enum Padding {
    LEFT,
    RIGHT
  }

  /** The sentences of {@code corpus} with these indices, in this order, padded on the right. */
  public static Batch of(ParallelCorpus corpus, int[] sentences) {
    return of(corpus, sentences, Padding.RIGHT);
  }

  /**
   * The sentences of {@code corpus} with these indices, in this order.
   *
   * @throws MosException when a sentence is empty or holds a token beyond its dictionary
   */
  public static Batch of(ParallelCorpus corpus, int[] sentences, Padding sourcePadding) {
    int size = sentences.length;
    int[][] sources = tokens(corpus.source(), corpus.sourceDictionary(), sentences);
    int[][] targets = tokens(corpus.target(), corpus.targetDictionary(), sentences);
    int sourceLength = longest(sources);
    int targetLength = longest(targets);
    int[][] source = new int[size][];
    int[] sourceLengths = new int[size];
    int[][] target = new int[size][];
    int[][] previousOutput = new int[size][];
    int targetTokens = 0;
    for (int b = 0; b < size; b++) {
      sourceLengths[b] = sources[b].length;
      int sourceStart = sourcePadding == Padding.LEFT ? sourceLength - sources[b].length : 0;
      source[b] = padded(sources[b], sources[b].length, sourceLength, sourceStart);
      target[b] = padded(targets[b], targets[b].length, targetLength, 0);
      previousOutput[b] = padded(targets[b], targets[b].length - 1, targetLength, 1);
      previousOutput[b][0] = Dictionary.EOS;
      targetTokens += targets[b].length;
    }
    return new Batch(
        sentences.clone(), source, sourceLengths, target, previousOutput, targetTokens);
  }

  /** B, the number of sentence pairs. */
  public int size() {
    return sentences.length;
  }

  /**
   * Some of the sentence pairs, from number {@code start} to before {@code end}, padded as they are
   * here.
   */
  public Batch part(int start, int end) {
    int tokens = 0;
    for (int b = start; b < end; b++) {
      for (int token : target[b]) {
        tokens += token == Dictionary.PAD ? 0 : 1;
      }
    }
    return new Batch(
        Arrays.copyOfRange(sentences, start, end),
        Arrays.copyOfRange(source, start, end),
        Arrays.copyOfRange(sourceLengths, start, end),
        Arrays.copyOfRange(target, start, end),
        Arrays.copyOfRange(previousOutput, start, end),
        tokens);
  }

  private static int[][] tokens(TokenCorpus corpus, Dictionary dictionary, int[] sentences) {
    int[][] tokens = new int[sentences.length][];
    for (int b = 0; b < sentences.length; b++) {
      tokens[b] = corpus.get(sentences[b]);
      if (tokens[b].length == 0) {
        throw new MosException(corpus.name() + ": sentence " + sentences[b] + " is empty");
      }
      for (int id : tokens[b]) {
        if (id >= dictionary.size()) {
          throw new MosException(
              corpus.name()
                  + ": sentence "
                  + sentences[b]
                  + " holds token "
                  + id
                  + ", but the dictionary has "
                  + dictionary.size()
                  + " symbols: they do not belong together");
        }
      }
    }
    return tokens;
  }

  private static int longest(int[][] sentences) {
    int longest = 0;
    for (int[] sentence : sentences) {
      longest = Math.max(longest, sentence.length);
    }
    return longest;
  }

  private static int[] padded(int[] tokens, int length, int size, int start) {
    int[] row = new int[size];
    Arrays.fill(row, Dictionary.PAD);
    System.arraycopy(tokens, 0, row, start, length);
    return row;
  }
}
