package mos.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.RecordReader;
import mos.base.Sha256;

/**
 * The vocabulary of one language: symbols numbered from 0, immutable and thread-safe.
 *
 * <p>Source: fairseq's dictionary file: one {@code symbol count} a line with any whole number,
 * numbered from 4, after the special symbols, which the file does not list. A line may end in
 * {@value #OVERWRITE}: its symbol then takes the place of an earlier equal one, which keeps its
 * number.
 */
public final class Dictionary {
  /** Begin of sentence, {@code <s>}. */
  public static final int BOS = 0;

  /** Padding, {@code <pad>}. */
  public static final int PAD = 1;

  /** End of sentence, {@code </s>}. */
  public static final int EOS = 2;

  /** Unknown symbol, {@code <unk>}. */
  public static final int UNK = 3;

  /** The number of special symbols. */
  public static final int SPECIALS = 4;

  /** fairseq's default for the number of symbols to be a multiple of. */
  public static final int PADDING_FACTOR = 8;

  private static final String UNKNOWN_REFERENCE = "<<unk>>";
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,18}");
  private static final String OVERWRITE = "#fairseq:overwrite";
  private static final String BPE_CONTINUATION = "@@ ";

  /** By code points, as Python sorts; UTF-16 order differs beyond U+FFFF. */
  private static final Comparator<String> CODE_POINT_ORDER =
      (a, b) -> {
        int i = 0;
        int shorter = Math.min(a.length(), b.length());
        while (i < shorter && a.charAt(i) == b.charAt(i)) {
          i++;
        }
        if (i == shorter) {
          return Integer.compare(a.length(), b.length());
        }
        char x = a.charAt(i);
        char y = b.charAt(i);
        boolean oneSurrogate = Character.isSurrogate(x) != Character.isSurrogate(y);
        if (oneSurrogate) {
          return Character.isSurrogate(x) ? 1 : -1;
        }
        return Character.compare(x, y);
      };

  private final List<String> symbols = new ArrayList<>();
  private final List<Long> counts = new ArrayList<>();
  private final Map<String, Integer> indices = new HashMap<>();

  /** Whether its symbols are those of a SentencePiece model. */
  private final boolean pieces;

  private Dictionary(boolean pieces) {
    this.pieces = pieces;
    for (String special : List.of("<s>", "<pad>", "</s>", "<unk>")) {
      add(special, 0);
    }
  }

  /**
   * Reads a fairseq dictionary file.
   *
   * @throws MosException naming the line when it has another form or repeats a symbol
   */
  public static Dictionary load(Path file) {
    return load(file, false);
  }

  /** As {@link #load}, of a SentencePiece model's pieces, which are joined in another way. */
  static Dictionary ofPieces(Path file) {
    return load(file, true);
  }

  private static Dictionary load(Path file, boolean pieces) {
    Dictionary dictionary = new Dictionary(pieces);
    try (RecordReader records = RecordReader.of(file)) {
      for (String line = records.next(); line != null; line = records.next()) {
        dictionary.addLine(line, records.where());
      }
    }
    return dictionary;
  }

  /**
   * Makes the dictionary of counted symbols: most frequent first, equal counts in code point order.
   *
   * @param counts occurrences by symbol; special symbols among them are ignored
   * @param maxSize the most symbols to keep, special ones included, padding not; 0 or less: all
   * @param threshold symbols counted fewer times are left out
   * @param paddingFactor the size is filled up to a multiple of it with {@code madeupword0000} and
   *     so on, which do not occur; 1 or less: not
   */
  public static Dictionary fromCounts(
      Map<String, Long> counts, int maxSize, long threshold, int paddingFactor) {
    return fromCounts(counts, maxSize, threshold, paddingFactor, Set.of());
  }

  /**
   * The same with symbols that stay however seldom they are: the bytes of a SentencePiece model,
   * without which characters that are not in it would be unknown.
   *
   * @param always among the counted ones; they count towards the size
   */
  static Dictionary fromCounts(
      Map<String, Long> counts,
      int maxSize,
      long threshold,
      int paddingFactor,
      Set<String> always) {
    int least = SPECIALS + always.size();
    if (maxSize > 0 && maxSize < least) {
      String bytes = always.isEmpty() ? "" : ", with the pieces for bytes";
      throw new ConfigurationException(
          "dictionary size: got "
              + maxSize
              + ", must be at least "
              + least
              + bytes
              + ", or 0 for all");
    }
    Dictionary dictionary = new Dictionary(false);
    List<Map.Entry<String, Long>> entries = new ArrayList<>(counts.entrySet());
    entries.removeIf(
        e ->
            e.getValue() < threshold && !always.contains(e.getKey())
                || dictionary.indices.containsKey(e.getKey()));
    entries.sort(
        Map.Entry.<String, Long>comparingByValue()
            .reversed()
            .thenComparing(Map.Entry.comparingByKey(CODE_POINT_ORDER)));
    int others = maxSize > 0 ? maxSize - least : entries.size();
    for (Map.Entry<String, Long> entry : entries) {
      if (always.contains(entry.getKey()) || others-- > 0) {
        dictionary.add(entry.getKey(), entry.getValue());
      }
    }
    for (int i = 0; paddingFactor > 1 && dictionary.size() % paddingFactor != 0; i++) {
      String filler = String.format(Locale.ROOT, "madeupword%04d", i);
      if (!dictionary.indices.containsKey(filler)) {
        dictionary.add(filler, 0);
      }
    }
    return dictionary;
  }

  private void addLine(String line, String where) {
    String entry = Words.stripEnd(line);
    boolean overwrite = entry.endsWith(" " + OVERWRITE);
    if (overwrite) {
      entry = entry.substring(0, entry.length() - OVERWRITE.length() - 1);
    }
    int space = Math.max(entry.lastIndexOf(' '), entry.lastIndexOf('\t'));
    if (space <= 0 || !INTEGER.matcher(entry.substring(space + 1)).matches()) {
      throw new MosException(
          where
              + ": got '"
              + abbreviate(line)
              + "', need 'symbol count' with a whole number, as fairseq writes it");
    }
    long count = Long.parseLong(entry.substring(space + 1));
    String symbol = entry.substring(0, space);
    if (indices.containsKey(symbol) && !overwrite) {
      throw new MosException(
          where
              + ": the symbol '"
              + abbreviate(symbol)
              + "' occurs twice; to replace the earlier one, end the line in "
              + OVERWRITE);
    }
    add(symbol, count);
  }

  private void add(String symbol, long count) {
    indices.put(symbol, symbols.size());
    symbols.add(symbol);
    counts.add(count);
  }

  private static String abbreviate(String text) {
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }

  /** Writes the file that {@link #load} reads. */
  public void save(Path file) {
    AtomicFile.writeString(file, contents());
  }

  private String contents() {
    StringBuilder text = new StringBuilder();
    Set<String> seen = new HashSet<>(symbols.subList(0, SPECIALS));
    for (int i = SPECIALS; i < size(); i++) {
      String symbol = symbols.get(i);
      text.append(symbol).append(' ').append(counts.get(i));
      if (!seen.add(symbol)) {
        text.append(' ').append(OVERWRITE);
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** The number of symbols, special ones and fillers included. */
  public int size() {
    return symbols.size();
  }

  /** The number of {@code symbol}, or {@link #UNK}. */
  public int index(String symbol) {
    return indices.getOrDefault(symbol, UNK);
  }

  /**
   * The symbol numbered {@code id}.
   *
   * @throws MosException when there is none
   */
  public String symbol(int id) {
    if (id < 0 || id >= size()) {
      throw new MosException("token " + id + " is not in the dictionary of " + size() + " symbols");
    }
    return symbols.get(id);
  }

  /** How often the symbol numbered {@code id} was counted; 0 for special symbols. */
  public long count(int id) {
    symbol(id);
    return counts.get(id);
  }

  /** The numbers of the words of {@code line} between white space, and {@link #EOS}. */
  public int[] encode(String line) {
    return encode(Words.of(line));
  }

  int[] encode(List<String> words) {
    int[] ids = new int[words.size() + 1];
    for (int i = 0; i < words.size(); i++) {
      ids[i] = index(words.get(i));
    }
    ids[words.size()] = EOS;
    return ids;
  }

  /**
   * The text of a sentence: its symbols between spaces, without begin, end and padding.
   *
   * @param removeBpe joins what BPE has split ({@code @@} followed by a space), or pieces of
   *     SentencePiece to text
   * @throws MosException when an id is not in the dictionary
   */
  public String string(int[] ids, boolean removeBpe) {
    return string(ids, removeBpe, symbols.get(UNK));
  }

  /**
   * The text of a reference translation, as {@link #string(int[], boolean)}; its unknown words are
   * {@value #UNKNOWN_REFERENCE}, so that they never equal one of a hypothesis.
   *
   * <p>Source: fairseq's scoring and its T- lines.
   */
  public String reference(int[] ids, boolean removeBpe) {
    return string(ids, removeBpe, UNKNOWN_REFERENCE);
  }

  /** As {@link #string(int[], boolean)}, with a text of its own for unknown words. */
  public String string(int[] ids, boolean removeBpe, String unknown) {
    if (pieces && removeBpe) {
      return Words.stripEnd(PieceText.join(words(ids, unknown)));
    }
    String line = String.join(" ", words(ids, unknown)) + " ";
    return Words.stripEnd(removeBpe ? line.replace(BPE_CONTINUATION, "") : line);
  }

  private List<String> words(int[] ids, String unknown) {
    List<String> words = new ArrayList<>();
    for (int id : ids) {
      if (id != BOS && id != PAD && id != EOS) {
        words.add(id == UNK ? unknown : symbol(id));
      }
    }
    return words;
  }

  /** SHA-256 of the contents as {@link #save} writes them, 64 hexadecimal digits. */
  public String hash() {
    return Sha256.of(contents().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "Dictionary(" + size() + " symbols)";
  }
}
