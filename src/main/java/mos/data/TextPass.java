package mos.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** One pass over a parallel text that rewrites, cleans and counts it. */
final class TextPass {
  private final Supplier<UnaryOperator<String>> source;
  private final Supplier<UnaryOperator<String>> target;
  private final int threads;

  /** What a pass found; the counts are of words, empty where none were wanted. */
  record Outcome(
      long linesRead,
      long linesKept,
      Map<String, Long> sourceCounts,
      Map<String, Long> targetCounts) {
    /** The same without the counts, which are large. */
    Outcome withoutCounts() {
      return new Outcome(linesRead, linesKept, Map.of(), Map.of());
    }
  }

  private record Side(StringBuilder text, Map<String, Long> counts) {
    Side() {
      this(new StringBuilder(), new HashMap<>());
    }

    void add(String line) {
      text.append(line).append('\n');
    }

    void count(List<String> words) {
      for (String word : words) {
        counts.merge(word, 1L, Long::sum);
      }
    }

    void addTo(OutputStream out, Map<String, Long> total) throws IOException {
      out.write(text.toString().getBytes(StandardCharsets.UTF_8));
      counts.forEach((word, count) -> total.merge(word, count, Long::sum));
    }
  }

  private record Rewritten(Side source, Side target, int read, int kept) {}

  private record Functions(UnaryOperator<String> source, UnaryOperator<String> target) {}

  /** The suppliers are asked once by every thread. */
  TextPass(
      Supplier<UnaryOperator<String>> source, Supplier<UnaryOperator<String>> target, int threads) {
    this.source = source;
    this.target = target;
    this.threads = threads;
  }

  /**
   * Rewrites the text of {@code in} to the two files.
   *
   * @param counting whether the words are counted
   * @param progress told how many sentence pairs are done
   */
  Outcome run(
      ParallelText in,
      Path sourceFile,
      Path targetFile,
      PreprocessOptions.Cleaning cleaning,
      boolean counting,
      LongConsumer progress)
      throws IOException {
    Map<String, Long> sourceCounts = new HashMap<>();
    Map<String, Long> targetCounts = new HashMap<>();
    long[] lines = new long[2];
    ThreadLocal<Functions> functions =
        ThreadLocal.withInitial(() -> new Functions(source.get(), target.get()));
    try (OutputStream sourceOut = new BufferedOutputStream(Files.newOutputStream(sourceFile));
        OutputStream targetOut = new BufferedOutputStream(Files.newOutputStream(targetFile))) {
      OrderedWork.run(
          threads,
          in::next,
          piece -> rewrite(piece, functions.get(), cleaning, counting),
          rewritten -> {
            rewritten.source.addTo(sourceOut, sourceCounts);
            rewritten.target.addTo(targetOut, targetCounts);
            lines[0] += rewritten.read;
            lines[1] += rewritten.kept;
            progress.accept(lines[0]);
          });
    }
    return new Outcome(lines[0], lines[1], sourceCounts, targetCounts);
  }

  private static Rewritten rewrite(
      ParallelText.Piece piece,
      Functions functions,
      PreprocessOptions.Cleaning cleaning,
      boolean counting) {
    Side source = new Side();
    Side target = new Side();
    int kept = 0;
    for (int i = 0; i < piece.size(); i++) {
      String sourceLine = functions.source.apply(piece.source().get(i));
      String targetLine = functions.target.apply(piece.target().get(i));
      List<String> sourceWords = Words.of(sourceLine);
      List<String> targetWords = Words.of(targetLine);
      if (cleaning.keeps(sourceWords.size(), targetWords.size())) {
        source.add(sourceLine);
        target.add(targetLine);
        if (counting) {
          source.count(sourceWords);
          target.count(targetWords);
        }
        kept++;
      }
    }
    return new Rewritten(source, target, piece.size(), kept);
  }
}
