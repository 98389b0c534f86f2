package mos.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.base.AtomicFile;
import mos.base.LineReader;
import mos.base.MosException;
import mos.base.RecordReader;

/** How often each token occurs, in subword-nmt's vocabulary form: {@code token count} a line. */
public final class TokenCounts {
  private final Map<String, long[]> counts = new LinkedHashMap<>();

  /** Counts the tokens of a line. */
  public void add(String line) {
    for (String word : SubwordSpaces.words(line)) {
      counts.computeIfAbsent(word, w -> new long[1])[0]++;
    }
  }

  /** Counts the tokens of all lines. */
  public void addAll(LineReader lines) {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      add(line);
    }
  }

  /** A token and the number of its occurrences. */
  public record Count(String token, long count) {}

  /** Most frequent first; equals in order of first occurrence. */
  public List<Count> sorted() {
    return counts.entrySet().stream()
        .map(e -> new Count(e.getKey(), e.getValue()[0]))
        .sorted(Comparator.comparingLong(Count::count).reversed())
        .toList();
  }

  /** As {@link #sorted}; nothing is counted afterwards. */
  List<Count> takeSorted() {
    List<Count> all = sorted();
    counts.clear();
    return all;
  }

  boolean isEmpty() {
    return counts.isEmpty();
  }

  /** Writes the vocabulary file, most frequent token first. */
  public void write(Path file) {
    AtomicFile.write(
        file,
        out -> {
          for (Count c : sorted()) {
            out.write((c.token() + " " + c.count() + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  /**
   * Reads the tokens of a vocabulary file that occur at least {@code threshold} times.
   *
   * @throws MosException naming file and line on anything but {@code token count}
   */
  public static Set<String> read(Path file, long threshold) {
    Set<String> tokens = new HashSet<>();
    try (RecordReader records = RecordReader.of(file)) {
      for (String line = records.next(); line != null; line = records.next()) {
        String text = SubwordSpaces.strip(line).replace('\t', ' ');
        int blank = text.indexOf(' ');
        try {
          if (Long.parseLong(text.substring(blank + 1)) >= threshold && blank > 0) {
            tokens.add(text.substring(0, blank));
          }
        } catch (NumberFormatException e) {
          throw new MosException(
              records.where() + ": need 'token count' divided by one blank or tab", e);
        }
      }
    }
    return tokens;
  }
}
