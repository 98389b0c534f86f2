package mos.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.MosException;

/** How often each token occurs, in subword-nmt's vocabulary form: {@code token count} a line. */
public final class TokenCounts {
  private final Map<String, long[]> counts = new LinkedHashMap<>();

  /** Counts the tokens of a line. */
  public void add(String line) {
    for (String word : SubwordSpaces.words(line)) {
      counts.computeIfAbsent(word, w -> new long[1])[0]++;
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
    try (Stream<String> lines = LineReader.lines(file)) {
      int number = 0;
      for (String line : (Iterable<String>) lines::iterator) {
        number++;
        String text = SubwordSpaces.strip(line);
        int blank = text.indexOf(' ');
        try {
          if (Long.parseLong(text.substring(blank + 1)) >= threshold && blank > 0) {
            tokens.add(text.substring(0, blank));
          }
        } catch (NumberFormatException e) {
          throw new MosException(
              "%s:%d: need 'token count' divided by one blank".formatted(file, number), e);
        }
      }
    }
    return tokens;
  }
}
