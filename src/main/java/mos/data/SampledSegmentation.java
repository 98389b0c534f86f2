package mos.data;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import mos.base.Seeds;

/**
 * Divides the words of both sides anew in each epoch, by chance. A word stays as it is stored where
 * it holds something unknown, or where a part of its new division is not in the dictionary; so does
 * a sentence that would become too long.
 *
 * @param source divides words of the source language
 * @param target divides words of the target language
 * @param seed of the draws, which follow from it, the epoch and the sentence
 * @param longest tokens of a sentence that is divided anew, its closing EOS included
 */
public record SampledSegmentation(Splitter source, Splitter target, long seed, int longest)
    implements Segmentation {
  /** Ends every subword that does not end its word. */
  private static final String CONTINUED = "@@";

  /** Divides a word; used by several threads. */
  @FunctionalInterface
  public interface Splitter {
    /** The word's parts in order, without marks. */
    List<String> split(String word, RandomGenerator random);
  }

  @Override
  public ParallelCorpus draw(ParallelCorpus corpus, long epoch, List<int[]> microBatches) {
    int[] sentences = microBatches.stream().flatMapToInt(IntStream::of).toArray();
    return new ParallelCorpus(
        drawn(corpus.source(), corpus.sourceDictionary(), source, epoch, 0, sentences),
        drawn(corpus.target(), corpus.targetDictionary(), target, epoch, 1, sentences),
        corpus.sourceDictionary(),
        corpus.targetDictionary());
  }

  private TokenCorpus drawn(
      TokenCorpus corpus,
      Dictionary dictionary,
      Splitter splitter,
      long epoch,
      int side,
      int[] sentences) {
    int[][] tokens =
        IntStream.of(sentences)
            .parallel()
            .mapToObj(
                i -> {
                  long derived = Seeds.derive(seed, "segmentation", epoch, i, side);
                  return sample(corpus.get(i), dictionary, splitter, new SplittableRandom(derived));
                })
            .toArray(int[][]::new);
    Map<Integer, int[]> byNumber = new HashMap<>();
    for (int k = 0; k < sentences.length; k++) {
      byNumber.put(sentences[k], tokens[k]);
    }
    return new Drawn(corpus, byNumber);
  }

  private int[] sample(
      int[] stored, Dictionary dictionary, Splitter splitter, RandomGenerator random) {
    int[] tokens = new int[Math.min(longest, 2 * stored.length + 8)];
    int size = 0;
    for (int start = 0; start < stored.length; ) {
      int end = endOfWord(stored, start, dictionary);
      int[] word = word(stored, start, end, dictionary, splitter, random);
      if (size + word.length > longest) {
        return stored;
      }
      if (size + word.length > tokens.length) {
        tokens = Arrays.copyOf(tokens, Math.min(longest, 2 * (size + word.length)));
      }
      System.arraycopy(word, 0, tokens, size, word.length);
      size += word.length;
      start = end;
    }
    return Arrays.copyOf(tokens, size);
  }

  private static int endOfWord(int[] stored, int start, Dictionary dictionary) {
    int end = start;
    while (end + 1 < stored.length
        && isText(stored[end + 1])
        && isText(stored[end])
        && symbol(stored[end], dictionary).endsWith(CONTINUED)) {
      end++;
    }
    return end + 1;
  }

  /** A word's new division, or the stored one. */
  private static int[] word(
      int[] stored,
      int start,
      int end,
      Dictionary dictionary,
      Splitter splitter,
      RandomGenerator random) {
    int[] same = Arrays.copyOfRange(stored, start, end);
    if (!Arrays.stream(same).allMatch(SampledSegmentation::isText)) {
      return same;
    }
    StringBuilder word = new StringBuilder();
    for (int k = start; k < end; k++) {
      String symbol = symbol(stored[k], dictionary);
      int mark = k + 1 < end ? CONTINUED.length() : 0;
      word.append(symbol, 0, symbol.length() - mark);
    }
    if (word.isEmpty()) {
      return same;
    }
    List<String> parts = splitter.split(word.toString(), random);
    int[] tokens = new int[parts.size()];
    for (int k = 0; k < tokens.length; k++) {
      String part = parts.get(k);
      tokens[k] = dictionary.index(k + 1 < tokens.length ? part + CONTINUED : part);
      if (!isText(tokens[k])) {
        return same;
      }
    }
    return tokens;
  }

  private static String symbol(int token, Dictionary dictionary) {
    return token < dictionary.size() ? dictionary.symbol(token) : "";
  }

  private static boolean isText(int token) {
    return token >= Dictionary.SPECIALS;
  }

  /** Some sentences of a corpus. */
  private record Drawn(TokenCorpus corpus, Map<Integer, int[]> tokens) implements TokenCorpus {
    @Override
    public int size() {
      return corpus.size();
    }

    @Override
    public int length(int i) {
      return tokens.get(i).length;
    }

    @Override
    public int[] get(int i) {
      return tokens.get(i).clone();
    }

    @Override
    public String name() {
      return corpus.name();
    }

    @Override
    public void close() {}
  }
}
