package mos.text;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.base.LineReader;
import mos.base.MosException;

/**
 * Learns merge operations: again and again the most frequent pair of neighbouring symbols within
 * words becomes one symbol. Of equally frequent pairs the one greater in code point order is taken,
 * so that the result equals subword-nmt's.
 *
 * <p>Source: Sennrich et al., Neural Machine Translation of Rare Words with Subword Units, ACL
 * 2016.
 */
public final class BpeLearner {
  /** Pairs rarer than this are not merged unless the user says otherwise. */
  public static final int DEFAULT_MIN_FREQUENCY = 2;

  private BpeLearner() {}

  /**
   * Learns from tokenised lines.
   *
   * @param operations merges wanted, at least 1; fewer come back when pairs become too rare
   * @param minFrequency occurrences that a pair needs, at least 1
   * @throws MosException when there is not a single word
   */
  public static BpeCodes learn(Iterable<String> lines, int operations, int minFrequency) {
    TokenCounts counts = new TokenCounts();
    lines.forEach(counts::add);
    return learn(counts, operations, minFrequency);
  }

  /** Learns from all lines of several tokenised files together. */
  public static BpeCodes learnFromFiles(Iterable<Path> files, int operations, int minFrequency) {
    TokenCounts counts = new TokenCounts();
    for (Path file : files) {
      try (LineReader lines = LineReader.of(file)) {
        counts.addAll(lines);
      }
    }
    return learn(counts, operations, minFrequency);
  }

  /** Learns from counted words, whose counts are gone then: there may be many. */
  public static BpeCodes learn(TokenCounts words, int operations, int minFrequency) {
    if (operations < 1 || minFrequency < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "operations and minimum frequency: got %d and %d, must be at least 1",
              operations,
              minFrequency));
    }
    if (words.isEmpty()) {
      throw new MosException("cannot learn BPE: the text has no words, need at least one");
    }
    PairStatistics statistics = new PairStatistics(words.takeSorted(), minFrequency);
    List<BpeCodes.Merge> merges = new ArrayList<>();
    while (merges.size() < operations) {
      Optional<BpeCodes.Merge> best = statistics.mergeMostFrequent();
      if (best.isEmpty()) {
        break;
      }
      merges.add(best.get());
    }
    return new BpeCodes(merges);
  }
}
