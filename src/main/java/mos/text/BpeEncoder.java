package mos.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Divides words into subwords by the merge operations of {@link BpeCodes}; every subword but a
 * word's last ends in {@code @@}. Safe for use by several threads.
 *
 * <p>Source: Sennrich et al., ACL 2016; vocabulary filter as in subword-nmt.
 */
public final class BpeEncoder {
  /** Ends every subword that does not end its word. */
  public static final String SEPARATOR = "@@";

  /** Bounds memory on endless input; the words of a large corpus fit. */
  private static final int CACHE_WORDS = 1 << 18;

  private final Map<String, Integer> symbolIds = new HashMap<>();
  private final List<String> symbols = new ArrayList<>();
  private final Map<Long, Rank> ranks = new HashMap<>();
  private final Map<String, BpeCodes.Merge> parts = new HashMap<>();
  private final Set<String> vocabulary;
  private final boolean endApart;
  private final Map<String, String> cache = new ConcurrentHashMap<>();

  /** The place of a merge in the list, and the symbol it makes. */
  private record Rank(int order, int joined) {}

  /** Applies all merges. */
  public BpeEncoder(BpeCodes codes) {
    this(codes, Set.of());
  }

  /**
   * Applies all merges, then takes apart again what is not in the vocabulary, as far as needed.
   *
   * @param vocabulary allowed subwords with their separators (see {@link TokenCounts#read}); empty:
   *     all
   */
  public BpeEncoder(BpeCodes codes, Set<String> vocabulary) {
    this.vocabulary = Set.copyOf(vocabulary);
    this.endApart = codes.endApart();
    for (int i = 0; i < codes.merges().size(); i++) {
      BpeCodes.Merge merge = codes.merges().get(i);
      long key = key(symbolId(merge.first()), symbolId(merge.second()));
      ranks.putIfAbsent(key, new Rank(i, symbolId(merge.joined())));
      parts.putIfAbsent(merge.joined(), merge);
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

  /** Encodes a tokenised line; white space around it stays, multiple blanks within become one. */
  public String encode(String line) {
    int start = SubwordSpaces.start(line);
    if (start == line.length()) {
      return line;
    }
    StringBuilder out = new StringBuilder(line.length() * 3 / 2);
    out.append(line, 0, start);
    String blank = "";
    for (String word : SubwordSpaces.words(line)) {
      out.append(blank).append(cached(word));
      blank = " ";
    }
    return out.append(line, SubwordSpaces.end(line), line.length()).toString();
  }

  private String cached(String word) {
    String known = cache.get(word);
    if (known == null) {
      known = String.join(SEPARATOR + " ", subwords(word));
      if (cache.size() >= CACHE_WORDS) {
        cache.clear();
      }
      cache.put(word, known);
    }
    return known;
  }

  private List<String> subwords(String word) {
    int[] codePoints = word.codePoints().toArray();
    if (codePoints.length == 1) {
      return List.of(word);
    }
    return allowed(merge(codePoints, 0, null));
  }

  /**
   * Divides a word with BPE dropout: wherever a merge could be made next, it is left out with a
   * probability, and the earliest of the others is made.
   *
   * <p>Source: Provilkov et al., BPE-Dropout, ACL 2020, algorithm 1.
   *
   * @param dropout 0 to 1: 0 gives what {@link #encode} gives, 1 single characters
   * @return the word's parts, without separators
   */
  public List<String> sample(String word, double dropout, RandomGenerator random) {
    int[] codePoints = word.codePoints().toArray();
    return codePoints.length == 1 ? List.of(word) : allowed(merge(codePoints, dropout, random));
  }

  private List<String> allowed(List<String> merged) {
    if (vocabulary.isEmpty()) {
      return merged;
    }
    List<String> allowed = new ArrayList<>();
    for (int i = 0; i < merged.size(); i++) {
      split(merged.get(i), i == merged.size() - 1, allowed);
    }
    return allowed;
  }

  /**
   * Applies to all neighbouring symbols at once the earliest merge that fits, until none does.
   *
   * @param dropout how often a place is passed over
   */
  private List<String> merge(int[] codePoints, double dropout, RandomGenerator random) {
    int length = codePoints.length + (endApart ? 1 : 0);
    int[] ids = new int[length];
    // texts keeps what no merge knows; known symbols have an id
    String[] texts = new String[length];
    for (int i = 0; i < length; i++) {
      String symbol = i < codePoints.length ? Character.toString(codePoints[i]) : "";
      texts[i] = i == length - 1 ? symbol + BpeCodes.END_OF_WORD : symbol;
      ids[i] = symbolIds.getOrDefault(texts[i], -1);
    }
    boolean[] passedOver = new boolean[length];
    while (length > 1) {
      Rank best = null;
      long bestKey = 0;
      for (int i = 0; i + 1 < length; i++) {
        long key = key(ids[i], ids[i + 1]);
        Rank rank = ids[i] < 0 || ids[i + 1] < 0 ? null : ranks.get(key);
        passedOver[i] = rank != null && dropout > 0 && random.nextDouble() < dropout;
        if (rank != null && !passedOver[i] && (best == null || rank.order() < best.order())) {
          best = rank;
          bestKey = key;
        }
      }
      if (best == null) {
        break;
      }
      int kept = 0;
      for (int i = 0; i < length; i++, kept++) {
        boolean found =
            i + 1 < length
                && ids[i] >= 0
                && ids[i + 1] >= 0
                && !passedOver[i]
                && key(ids[i], ids[i + 1]) == bestKey;
        texts[kept] = found ? symbols.get(best.joined()) : texts[i];
        ids[kept] = found ? best.joined() : ids[i];
        i += found ? 1 : 0;
      }
      length = kept;
    }
    String last = texts[length - 1];
    texts[length - 1] = last.substring(0, last.length() - BpeCodes.END_OF_WORD.length());
    return Arrays.asList(texts).subList(0, texts[length - 1].isEmpty() ? length - 1 : length);
  }

  /** Undoes merges until the parts are in the vocabulary or cannot be divided any more. */
  private void split(String subword, boolean isLast, List<String> out) {
    if (vocabulary.contains(isLast ? subword : subword + SEPARATOR)) {
      out.add(subword);
      return;
    }
    String end = isLast ? BpeCodes.END_OF_WORD : "";
    BpeCodes.Merge merge = parts.get(subword + end);
    if (merge != null && merge.second().equals(BpeCodes.END_OF_WORD)) {
      // Of codes with the end apart: this merge divides no text.
      end = "";
      merge = parts.get(subword);
    }
    if (merge == null || !merge.second().endsWith(end)) {
      out.add(subword);
      return;
    }
    String second = merge.second();
    split(merge.first(), false, out);
    split(second.substring(0, second.length() - end.length()), isLast, out);
  }

  /** Joins subwords back into words. */
  public static String remove(String line) {
    String joined = line.replace(SEPARATOR + " ", "");
    return joined.endsWith(SEPARATOR)
        ? joined.substring(0, joined.length() - SEPARATOR.length())
        : joined;
  }
}
