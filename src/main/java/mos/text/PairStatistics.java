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
  /** Behind a word's last symbol, in the place of those that were joined. */
  private static final int NONE = -1;

  private final Map<String, Integer> symbolIds = new HashMap<>();
  private final List<String> symbols = new ArrayList<>();

  /** The symbols of all words one behind the other; word w has the places from starts[w] on. */
  private final int[] text;

  private final int[] starts;
  private final long[] frequencies;
  private final int minFrequency;
  private final Map<Long, Pair> pairs = new HashMap<>();
  private final PriorityQueue<Candidate> heap = new PriorityQueue<>(this::compare);

  /** A pair of symbols: its total count and the words that it is thought to be in. */
  private static final class Pair {
    private final int first;
    private final int second;
    private final WordTally words = new WordTally();
    private long count;

    /** Its greatest entry in the heap. */
    private long queued;

    Pair(int first, int second) {
      this.first = first;
      this.second = second;
    }

    long key() {
      return PairStatistics.key(first, second);
    }
  }

  /** A pair with its count when it was put into the heap; the greatest comes first. */
  private record Candidate(long count, Pair pair) {}

  /**
   * Counts the pairs of words.
   *
   * @param minFrequency pairs rarer than this are never merged
   */
  PairStatistics(List<TokenCounts.Count> counts, int minFrequency) {
    this.minFrequency = minFrequency;
    starts = new int[counts.size() + 1];
    frequencies = new long[counts.size()];
    for (int w = 0; w < frequencies.length; w++) {
      String token = counts.get(w).token();
      starts[w + 1] = Math.addExact(starts[w], token.codePointCount(0, token.length()));
      frequencies[w] = counts.get(w).count();
    }
    text = new int[starts[frequencies.length]];
    for (int w = 0; w < frequencies.length; w++) {
      putSymbols(counts.get(w).token(), starts[w]);
      for (int i = starts[w]; i + 1 < starts[w + 1]; i++) {
        add(pair(text[i], text[i + 1]), w, 1);
      }
    }
    pairs.values().forEach(this::queue);
  }

  private void putSymbols(String word, int start) {
    int at = start;
    for (int i = 0; i < word.length(); ) {
      int codePoint = word.codePointAt(i);
      i += Character.charCount(codePoint);
      String symbol = Character.toString(codePoint);
      text[at++] = symbolId(i == word.length() ? symbol + BpeCodes.END_OF_WORD : symbol);
    }
  }

  private int symbolId(String symbol) {
    return symbolIds.computeIfAbsent(
        symbol,
        s -> {
          symbols.add(s);
          return symbols.size() - 1;
        });
  }

  private static long key(int first, int second) {
    return ((long) first << 32) | second;
  }

  private Pair pair(int first, int second) {
    return pairs.computeIfAbsent(key(first, second), key -> new Pair(first, second));
  }

  private void add(Pair pair, int word, int times) {
    pair.count += times * frequencies[word];
    pair.words.add(word, times);
  }

  private int compare(Candidate a, Candidate b) {
    return Comparator.comparingLong(Candidate::count)
        .thenComparing(c -> symbols.get(c.pair().first), PairStatistics::compareCodePoints)
        .thenComparing(c -> symbols.get(c.pair().second), PairStatistics::compareCodePoints)
        .compare(b, a);
  }

  private void queue(Pair pair) {
    if (pair.count >= minFrequency && pair.count > pair.queued) {
      pair.queued = pair.count;
      heap.add(new Candidate(pair.count, pair));
    }
  }

  /** Merges the most frequent pair everywhere; empty when it is too rare. */
  Optional<BpeCodes.Merge> mergeMostFrequent() {
    for (Candidate top = heap.poll(); top != null; top = heap.poll()) {
      Pair pair = top.pair();
      if (top.count() == pair.queued) {
        pair.queued = 0;
        if (top.count() == pair.count) {
          merge(pair);
          return Optional.of(new BpeCodes.Merge(symbols.get(pair.first), symbols.get(pair.second)));
        }
        queue(pair);
      }
    }
    return Optional.empty();
  }

  private void merge(Pair pair) {
    int joined = symbolId(symbols.get(pair.first) + symbols.get(pair.second));
    Set<Pair> grown = new HashSet<>();
    Set<Pair> shrunk = new HashSet<>(Set.of(pair));
    pair.words.takeAll(
        (word, times) -> {
          if (times > 0) {
            int[] before = symbolsOf(word);
            int[] after = joinIn(before, pair, joined);
            System.arraycopy(after, 0, text, starts[word], after.length);
            Arrays.fill(text, starts[word] + after.length, starts[word] + before.length, NONE);
            discountNeighbours(before, pair, word, shrunk);
            countNeighbours(after, joined, word, grown);
          }
        });
    pair.count = 0;
    grown.forEach(this::queue);
    for (Pair one : shrunk) {
      if (one.count == 0 && one.words.isEmpty()) {
        pairs.remove(one.key());
      }
    }
  }

  private int[] symbolsOf(int word) {
    int end = starts[word];
    while (end < starts[word + 1] && text[end] != NONE) {
      end++;
    }
    return Arrays.copyOfRange(text, starts[word], end);
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
    return i >= 0 && i + 1 < word.length && word[i] == pair.first && word[i + 1] == pair.second;
  }

  /** Takes away the pairs that reach into an occurrence from either side, each once. */
  private void discountNeighbours(int[] word, Pair merged, int w, Set<Pair> shrunk) {
    for (int i = 0; i < word.length; i++) {
      if (isAt(word, i, merged)) {
        if (i > 0) {
          shrink(pair(word[i - 1], word[i]), w, shrunk);
        }
        // where the pair follows at once, its own left neighbour is this one
        if (i + 2 < word.length && !isAt(word, i + 2, merged)) {
          shrink(pair(word[i + 1], word[i + 2]), w, shrunk);
        }
        i++;
      }
    }
  }

  private void shrink(Pair pair, int w, Set<Pair> shrunk) {
    add(pair, w, -1);
    shrunk.add(pair);
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
    add(pair, w, 1);
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
