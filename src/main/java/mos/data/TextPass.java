package mos.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * One pass over a parallel text that rewrites, cleans and counts it. Lines are decoded, rewritten,
 * counted and encoded by the workers; memory holds a few pieces for each of them, and each word
 * that was counted once. It goes on where a killed one stood.
 */
final class TextPass {
  private final Supplier<UnaryOperator<String>> source;
  private final Supplier<UnaryOperator<String>> target;
  private final int threads;
  private final long saveEvery;

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

  /** Words of one side with how often they occurred, for many threads. */
  private static final class Tally {
    private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();

    void add(Map<String, int[]> some) {
      some.forEach(
          (word, count) ->
              counts.computeIfAbsent(word, any -> new AtomicLong()).addAndGet(count[0]));
    }

    Map<String, Long> result() {
      Map<String, Long> result = new HashMap<>(counts.size() * 2);
      counts.forEach((word, count) -> result.put(word, count.get()));
      counts.clear();
      return result;
    }
  }

  /** A side of a piece in work. */
  private static final class Side {
    private final StringBuilder text = new StringBuilder();
    private final Map<String, int[]> counts = new HashMap<>();

    void count(List<String> words) {
      for (String word : words) {
        counts.computeIfAbsent(word, any -> new int[1])[0]++;
      }
    }

    byte[] bytes() {
      return text.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Handed over between threads, never compared.
  private record Rewritten(byte[] source, byte[] target, int read, int kept) {}

  private record Functions(UnaryOperator<String> source, UnaryOperator<String> target) {}

  /**
   * The suppliers are asked once by every thread.
   *
   * @param saveEvery nanoseconds after which it is noted how far the pass is
   */
  TextPass(
      Supplier<UnaryOperator<String>> source,
      Supplier<UnaryOperator<String>> target,
      int threads,
      long saveEvery) {
    this.source = source;
    this.target = target;
    this.threads = threads;
    this.saveEvery = saveEvery;
  }

  /**
   * Rewrites the text of {@code in} to the two files.
   *
   * @param counting whether the words are counted
   * @param noted the file that tells how far the pass is
   * @param progress told how many sentence pairs are done
   */
  Outcome run(
      ParallelText in,
      Path sourceFile,
      Path targetFile,
      PreprocessOptions.Cleaning cleaning,
      boolean counting,
      Path noted,
      LongConsumer progress)
      throws IOException {
    Tally sourceTally = new Tally();
    Tally targetTally = new Tally();
    PassState[] state = {PassState.load(noted)};
    if (counting && state[0].kept() > 0) {
      count(sourceFile, targetFile, state[0].kept(), sourceTally, targetTally);
    }
    if (!state[0].done()) {
      in.skip(state[0].read());
      ThreadLocal<Functions> functions =
          ThreadLocal.withInitial(() -> new Functions(source.get(), target.get()));
      try (ContinuedFile sourceOut = new ContinuedFile(sourceFile, state[0].source().bytes());
          ContinuedFile targetOut = new ContinuedFile(targetFile, state[0].target().bytes())) {
        long[] saved = {System.nanoTime()};
        OrderedWork.run(
            threads,
            in::next,
            piece -> {
              Side sources = new Side();
              Side targets = new Side();
              int kept = rewrite(piece, functions.get(), cleaning, counting, sources, targets);
              sourceTally.add(sources.counts);
              targetTally.add(targets.counts);
              return new Rewritten(sources.bytes(), targets.bytes(), piece.size(), kept);
            },
            rewritten -> {
              sourceOut.write(rewritten.source);
              targetOut.write(rewritten.target);
              state[0] = after(state[0], rewritten);
              if (System.nanoTime() - saved[0] >= saveEvery) {
                saved[0] = System.nanoTime();
                sourceOut.force();
                targetOut.force();
                state[0].save(noted);
              }
              progress.accept(state[0].read());
            });
        sourceOut.force();
        targetOut.force();
      }
      state[0].finished().save(noted);
    }
    return new Outcome(
        state[0].read(), state[0].kept(), sourceTally.result(), targetTally.result());
  }

  private static PassState after(PassState before, Rewritten rewritten) {
    return new PassState(
        before.read() + rewritten.read,
        before.kept() + rewritten.kept,
        before.source().plus(rewritten.source.length, 0, 0),
        before.target().plus(rewritten.target.length, 0, 0),
        false);
  }

  /** Counts what an earlier process wrote. */
  private void count(Path sourceFile, Path targetFile, long pairs, Tally sources, Tally targets)
      throws IOException {
    try (ParallelText written = new ParallelText(sourceFile, targetFile)) {
      OrderedWork.run(
          threads,
          written::next,
          piece -> {
            Side source = new Side();
            Side target = new Side();
            int size = (int) Math.min(piece.size(), Math.max(0, pairs - piece.before()));
            for (int i = 0; i < size; i++) {
              source.count(Words.of(piece.sourceLine(i)));
              target.count(Words.of(piece.targetLine(i)));
            }
            sources.add(source.counts);
            targets.add(target.counts);
            return size;
          },
          size -> {});
    }
  }

  private static int rewrite(
      ParallelText.Piece piece,
      Functions functions,
      PreprocessOptions.Cleaning cleaning,
      boolean counting,
      Side source,
      Side target) {
    int kept = 0;
    for (int i = 0; i < piece.size(); i++) {
      String sourceLine = functions.source.apply(piece.sourceLine(i));
      String targetLine = functions.target.apply(piece.targetLine(i));
      List<String> sourceWords = Words.of(sourceLine);
      List<String> targetWords = Words.of(targetLine);
      if (cleaning.keeps(sourceWords.size(), targetWords.size())) {
        source.text.append(sourceLine).append('\n');
        target.text.append(targetLine).append('\n');
        if (counting) {
          source.count(sourceWords);
          target.count(targetWords);
        }
        kept++;
      }
    }
    return kept;
  }
}
