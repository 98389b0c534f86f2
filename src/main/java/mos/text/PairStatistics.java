package mos.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Words as symbols, and how often each pair of neighbouring symbols occurs, kept up to date from
 * merge to merge by visiting only the words concerned.
 *
 * <p>The most frequent pair comes from a heap whose entries may be outdated: a count that has
 * fallen since is put back with its present value when it comes to the top.
 */
final class PairStatistics {
  private final Map<String, Integer> symbolIds = new HashMap<>();
  private final List<String> symbols = new ArrayList<>();
  private final int[][] words;
  private final long[] frequencies;
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> heap = new PriorityQueue<>();

  /** A pair of symbols: its total count and, per word, how often it is thought to be in it. */
  private static final class Pair {
    private final String first;
    private final String second;
    private final int firstId;
    private final int secondId;
    private long count;
    private Map<Integer, int[]> occurrences = new HashMap<>();

    Pair(String first, String second, int firstId, int secondId) {
      this.first = first;
      this.second = second;
      this.firstId = firstId;
      this.secondId = secondId;
    }

    void add(int word, long frequency, int times) {
      count += times * frequency;
      occurrences.computeIfAbsent(word, w -> new int[1])[0] += times;
    }
  }

  /** A pair with its count when it was put into the heap; the greatest comes first. */
  private record Candidate(long count, Pair pair) implements Comparable<Candidate> {
    private static final Comparator<Candidate> ORDER =
        Comparator.comparingLong(Candidate::count)
            .thenComparing(c -> c.pair().first, PairStatistics::compareCodePoints)
            .thenComparing(c -> c.pair().second, PairStatistics::compareCodePoints)
            .reversed();

    @Override
    public int compareTo(Candidate other) {
      return ORDER.compare(this, other);
    }
  }

  PairStatistics(List<TokenCounts.Count> counts) {
    words = new int[counts.size()][];
    frequencies = new long[counts.size()];
    for (int w = 0; w < words.length; w++) {
      words[w] = symbols(counts.get(w).token());
      frequencies[w] = counts.get(w).count();
      for (int i = 0; i + 1 < words[w].length; i++) {
        pair(words[w][i], words[w][i + 1]).add(w, frequencies[w], 1);
      }
    }
    pairs.values().forEach(pair -> heap.add(new Candidate(pair.count, pair)));
  }

  private int[] symbols(String word) {
    int[] codePoints = word.codePoints().toArray();
    int[] ids = new int[codePoints.length];
    for (int i = 0; i < ids.length; i++) {
      String symbol = Character.toString(codePoints[i]);
      ids[i] = symbolId(i == ids.length - 1 ? symbol + BpeCodes.END_OF_WORD : symbol);
    }
    return ids;
  }

  private int symbolId(String symbol) {
    return symbolIds.computeIfAbsent(
        symbol,
        s -> {
          symbols.add(s);
          return symbols.size() - 1;
        });
  }

  private Pair pair(int first, int second) {
    return pairs.computeIfAbsent(
        ((long) first << 32) | second,
        key -> new Pair(symbols.get(first), symbols.get(second), first, second));
  }

  /** Merges the most frequent pair everywhere; empty when it is rarer than {@code minFrequency}. */
  Optional<BpeCodes.Merge> mergeMostFrequent(int minFrequency) {
    Candidate top = heap.poll();
    while (top != null && top.count() != top.pair().count) {
      if (top.pair().count > 0 && top.pair().count < top.count()) {
        heap.add(new Candidate(top.pair().count, top.pair()));
      }
      top = heap.poll();
    }
    if (top == null || top.count() < minFrequency) {
      return Optional.empty();
    }
    merge(top.pair());
    return Optional.of(new BpeCodes.Merge(top.pair().first, top.pair().second));
  }

  private void merge(Pair pair) {
    int joined = symbolId(pair.first + pair.second);
    Map<Integer, int[]> occurrences = pair.occurrences;
    pair.occurrences = new HashMap<>();
    Set<Pair> grown = new HashSet<>();
    occurrences.forEach(
        (word, times) -> {
          if (times[0] > 0) {
            int[] before = words[word];
            int[] after = joinIn(before, pair, joined);
            words[word] = after;
            discountNeighbours(before, pair, word);
            countNeighbours(after, joined, word, grown);
          }
        });
    pair.count = 0;
    grown.forEach(g -> heap.add(new Candidate(g.count, g)));
  }

  private static int[] joinIn(int[] word, Pair pair, int joined) {
    int[] result = new int[word.length];
    int length = 0;
    for (int i = 0; i < word.length; i++) {
      if (isAt(word, i, pair)) {
        result[length++] = joined;
        i++;
      } else {
        result[length++] = word[i];
      }
    }
    return Arrays.copyOf(result, length);
  }

  private static boolean isAt(int[] word, int i, Pair pair) {
    return i >= 0 && i + 1 < word.length && word[i] == pair.firstId && word[i + 1] == pair.secondId;
  }

  /** Takes away the pairs that reach into an occurrence from either side, each once. */
  private void discountNeighbours(int[] word, Pair merged, int w) {
    for (int i = 0; i < word.length; i++) {
      if (isAt(word, i, merged)) {
        if (i > 0) {
          pair(word[i - 1], word[i]).add(w, frequencies[w], -1);
        }
        // where the pair follows at once, its own left neighbour is this one
        if (i + 2 < word.length && !isAt(word, i + 2, merged)) {
          pair(word[i + 1], word[i + 2]).add(w, frequencies[w], -1);
        }
        i++;
      }
    }
  }

  /**
   * Adds the pairs around the joined symbol. A symbol of the same text that was there before counts
   * again: this cannot be told apart in subword-nmt either, whose results we want.
   */
  private void countNeighbours(int[] word, int joined, int w, Set<Pair> grown) {
    for (int i = 0; i < word.length; i++) {
      if (word[i] == joined) {
        if (i > 0) {
          grow(pair(word[i - 1], joined), w, grown);
        }
        if (i + 1 < word.length && word[i + 1] != joined) {
          grow(pair(joined, word[i + 1]), w, grown);
        }
      }
    }
  }

  private void grow(Pair pair, int w, Set<Pair> grown) {
    pair.add(w, frequencies[w], 1);
    grown.add(pair);
  }

  /** Order of code points, which is not that of UTF-16 units beyond U+FFFF. */
  static int compareCodePoints(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean bothOrNeither = Character.isSurrogate(x) == Character.isSurrogate(y);
        return bothOrNeither ? Character.compare(x, y) : Character.isSurrogate(x) ? 1 : -1;
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
