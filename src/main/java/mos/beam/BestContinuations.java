package mos.beam;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import mos.data.Dictionary;

/**
 * Finds the best continuations of rows of logits on the host: one pass over each row sums up its
 * probabilities and keeps its largest numbers. Of equal numbers the first is the better one.
 */
final class BestContinuations implements AutoCloseable {
  /** Numbers that are looked at together. */
  private static final int BLOCK = 512;

  private final Workers workers;
  private final ThreadLocal<Block> blocks = ThreadLocal.withInitial(Block::new);

  /**
   * @param threads that compute, at least 1
   */
  BestContinuations(int threads) {
    workers = new Workers(threads);
  }

  /**
   * Finds them.
   *
   * @param logits (N, V) from index 0 on
   * @param rows N
   * @param count continuations wanted per row; fewer if V is smaller
   * @param banned flat positions in {@code logits} that may not be continued with, ascending rows
   */
  StepScores of(FloatBuffer logits, int rows, int count, double unkPenalty, List<Long> banned) {
    int width = logits.limit() / rows;
    int k = Math.min(count, width);
    StepScores best = new StepScores(k, new float[rows], new float[rows * k], new int[rows * k]);
    int[][] never = never(banned, rows, width);
    workers.run(
        rows,
        (long) rows * width,
        row -> blocks.get().row(logits, row, width, (float) unkPenalty, never[row], best));
    return best;
  }

  /** Banned tokens by row. */
  private static int[][] never(List<Long> banned, int rows, int width) {
    int[][] never = new int[rows][];
    Arrays.fill(never, new int[0]);
    int from = 0;
    while (from < banned.size()) {
      int row = (int) (banned.get(from) / width);
      int to = from;
      while (to < banned.size() && banned.get(to) / width == row) {
        to++;
      }
      never[row] =
          IntStream.range(from, to).map(i -> (int) (banned.get(i) % width)).sorted().toArray();
      from = to;
    }
    return never;
  }

  @Override
  public void close() {
    workers.close();
  }

  /** One thread's work on one row, block by block. */
  private static final class Block {
    private final float[] numbers = new float[BLOCK];
    private final double[] powers = new double[BLOCK];

    void row(
        FloatBuffer logits, int row, int width, float unkPenalty, int[] never, StepScores best) {
      int k = best.count();
      int first = row * k;
      Arrays.fill(best.scores(), first, first + k, Float.NEGATIVE_INFINITY);
      Arrays.fill(best.tokens(), first, first + k, Dictionary.PAD);
      float largest = Float.NEGATIVE_INFINITY;
      double sum = 0;
      float end = Float.NaN;
      int banned = 0;
      for (int from = 0; from < width; from += BLOCK) {
        int size = Math.min(BLOCK, width - from);
        logits.get(row * width + from, numbers, 0, size);
        float most = Exponentials.largest(numbers, size);
        if (most > largest) {
          sum *= Math.exp((double) largest - most);
          largest = most;
        }
        if (most != Float.NEGATIVE_INFINITY) {
          sum += Exponentials.sum(numbers, size, largest, powers);
        }
        if (from == 0) {
          end = numbers[Dictionary.EOS];
          numbers[Dictionary.PAD] = Float.NEGATIVE_INFINITY;
          if (unkPenalty != 0) {
            numbers[Dictionary.UNK] -= unkPenalty;
          }
        }
        for (; banned < never.length && never[banned] < from + size; banned++) {
          numbers[never[banned] - from] = Float.NEGATIVE_INFINITY;
        }
        // Not "most > least": the unknown symbol may have been given a bonus.
        if (from == 0 || most > best.scores()[first + k - 1]) {
          keep(best, first, from, size);
        }
      }
      float total = (float) (largest + Math.log(sum));
      best.ends()[row] = end - total;
      for (int i = first; i < first + k; i++) {
        best.scores()[i] -= total;
      }
    }

    /** Puts the block's numbers among the best where they are larger. */
    private void keep(StepScores best, int first, int from, int size) {
      float[] scores = best.scores();
      int[] tokens = best.tokens();
      int last = first + best.count() - 1;
      for (int i = 0; i < size; i++) {
        float number = numbers[i];
        if (number > scores[last]) {
          int at = last;
          while (at > first && number > scores[at - 1]) {
            scores[at] = scores[at - 1];
            tokens[at] = tokens[at - 1];
            at--;
          }
          scores[at] = number;
          tokens[at] = from + i;
        }
      }
    }
  }
}
