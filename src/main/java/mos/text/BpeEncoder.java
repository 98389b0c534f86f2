package mos.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

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
  private final MergeTable merges;
  private final Map<String, BpeCodes.Merge> parts = new HashMap<>();

  /** Symbols as the end of a word has them, without its mark. */
  private final List<String> endings = new ArrayList<>();

  private final boolean all;

  /** Allowed subwords before others of a word, without separators, and those at its end. */
  private final Set<String> inner;

  private final Set<String> last;
  private final boolean endApart;
  private final Map<String, String> cache = new ConcurrentHashMap<>();

  /** The symbols of words' characters, for those that are divided again and again. */
  private final Map<String, int[]> characters = new ConcurrentHashMap<>();

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
    this.all = vocabulary.isEmpty();
    this.last = Set.copyOf(vocabulary);
    this.inner =
        vocabulary.stream()
            .filter(subword -> subword.endsWith(SEPARATOR))
            .map(subword -> subword.substring(0, subword.length() - SEPARATOR.length()))
            .collect(Collectors.toUnmodifiableSet());
    this.merges = new MergeTable(codes.merges().size());
    this.endApart = codes.endApart();
    for (int i = 0; i < codes.merges().size(); i++) {
      BpeCodes.Merge merge = codes.merges().get(i);
      int joined = symbolId(merge.joined());
      merges.add(symbolId(merge.first()), symbolId(merge.second()), i, joined);
      parts.putIfAbsent(merge.joined(), merge);
    }
  }

  private int symbolId(String symbol) {
    return symbolIds.computeIfAbsent(
        symbol,
        s -> {
          symbols.add(s);
          endings.add(withoutEnd(s));
          return symbols.size() - 1;
        });
  }

  private static String withoutEnd(String symbol) {
    return symbol.endsWith(BpeCodes.END_OF_WORD)
        ? symbol.substring(0, symbol.length() - BpeCodes.END_OF_WORD.length())
        : symbol;
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
    return isOne(word) ? List.of(word) : allowed(merge(word, characters(word), 0, null));
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
    if (isOne(word)) {
      return List.of(word);
    }
    int[] known = characters.get(word);
    if (known == null) {
      known = characters(word);
      if (characters.size() >= CACHE_WORDS) {
        characters.clear();
      }
      characters.put(word, known);
    }
    return allowed(merge(word, known.clone(), dropout, random));
  }

  private static boolean isOne(String word) {
    return word.length() <= 2 && word.codePointCount(0, word.length()) == 1;
  }

  /** The symbol of each character, in the end that of the end of the word; -1: not in any merge. */
  private int[] characters(String word) {
    int[] codePoints = word.codePoints().toArray();
    int[] ids = new int[codePoints.length + (endApart ? 1 : 0)];
    for (int i = 0; i < ids.length; i++) {
      String symbol = i < codePoints.length ? Character.toString(codePoints[i]) : "";
      String text = i == ids.length - 1 ? symbol + BpeCodes.END_OF_WORD : symbol;
      ids[i] = symbolIds.getOrDefault(text, -1);
    }
    return ids;
  }

  private List<String> allowed(List<String> merged) {
    if (all) {
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
   * @param ids of {@link #characters}, changed
   * @param dropout how often a place is passed over
   */
  private List<String> merge(String word, int[] ids, double dropout, RandomGenerator random) {
    int length = ids.length;
    // Pairs that may be joined now, by the place of their first.
    int[] pairs = new int[length];
    while (length > 1) {
      int best = -1;
      for (int i = 0; i + 1 < length; i++) {
        int pair = merges.find(ids[i], ids[i + 1]);
        if (pair >= 0 && dropout > 0 && random.nextDouble() < dropout) {
          pair = -1;
        }
        pairs[i] = pair;
        if (pair >= 0 && (best < 0 || merges.order(pair) < merges.order(best))) {
          best = pair;
        }
      }
      if (best < 0) {
        break;
      }
      int kept = 0;
      for (int i = 0; i < length; i++, kept++) {
        boolean found = i + 1 < length && pairs[i] == best;
        ids[kept] = found ? merges.joined(best) : ids[i];
        i += found ? 1 : 0;
      }
      length = kept;
    }
    return texts(word, ids, length);
  }

  /** The texts of symbols; what no merge knows is the word's own character at that place. */
  private List<String> texts(String word, int[] ids, int length) {
    List<String> texts = new ArrayList<>(length);
    int start = 0;
    for (int i = 0; i < length; i++) {
      String text;
      if (ids[i] >= 0) {
        text = i == length - 1 ? endings.get(ids[i]) : symbols.get(ids[i]);
      } else {
        text = start < word.length() ? Character.toString(word.codePointAt(start)) : "";
      }
      start += text.length();
      texts.add(text);
    }
    return texts.get(length - 1).isEmpty() ? texts.subList(0, length - 1) : texts;
  }

  /** Undoes merges until the parts are in the vocabulary or cannot be divided any more. */
  private void split(String subword, boolean isLast, List<String> out) {
    if ((isLast ? last : inner).contains(subword)) {
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
