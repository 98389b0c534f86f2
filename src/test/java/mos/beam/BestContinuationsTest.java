package mos.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import mos.data.Dictionary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against sorting and sums in double precision. */
class BestContinuationsTest {
  @ParameterizedTest
  @CsvSource({
    "1, 4, 10, 0, 1",
    "3, 23, 8, 0.5, 1",
    "5, 512, 10, -3, 1",
    "7, 513, 2, 0, 2",
    "40, 9000, 12, -9, 3"
  })
  void isTheLogSoftmaxSorted(int rows, int width, int count, double unkPenalty, int threads) {
    Random random = new Random(width);
    float[] logits = new float[rows * width];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) (6 * random.nextGaussian()) + i / width * 50 - 60;
    }
    List<Long> banned = List.of(2L, (long) width - 1, (long) (rows - 1) * width);
    StepScores got;
    try (BestContinuations best = new BestContinuations(threads)) {
      got = best.of(FloatBuffer.wrap(logits), rows, count, unkPenalty, banned);
    }
    assertThat(got.count()).isEqualTo(Math.min(count, width));
    for (int row = 0; row < rows; row++) {
      int first = row * width;
      double largest =
          IntStream.range(0, width).mapToDouble(i -> logits[first + i]).max().orElseThrow();
      double total =
          largest
              + Math.log(
                  IntStream.range(0, width)
                      .mapToDouble(i -> Math.exp(logits[first + i] - largest))
                      .sum());
      assertThat(got.end(row)).isCloseTo((float) (logits[first + 2] - total), within(1e-4f));
      List<Integer> order =
          IntStream.range(0, width)
              .filter(i -> i != Dictionary.PAD && !banned.contains((long) first + i))
              .boxed()
              .sorted(
                  Comparator.comparingDouble(
                      i -> -(logits[first + i] - (i == Dictionary.UNK ? (float) unkPenalty : 0f))))
              .toList();
      for (int rank = 0; rank < got.count(); rank++) {
        if (rank >= order.size()) {
          assertThat(got.score(row, rank)).isEqualTo(Float.NEGATIVE_INFINITY);
          continue;
        }
        int token = order.get(rank);
        double want = logits[first + token] - (token == Dictionary.UNK ? unkPenalty : 0) - total;
        assertThat(got.token(row, rank)).isEqualTo(token);
        assertThat(got.score(row, rank)).isCloseTo((float) want, within(1e-4f));
      }
    }
  }

  @Test
  void ofEqualNumbersTheFirstIsBetterAndNoNumberSpoilsItsRow() {
    float[] logits = new float[2 * 1200];
    logits[1200 + 900] = Float.NaN;
    try (BestContinuations best = new BestContinuations(1)) {
      StepScores got = best.of(FloatBuffer.wrap(logits), 2, 3, 0, List.of());
      assertThat(got.tokens()).startsWith(0, 2, 3);
      assertThat(got.score(0, 0)).isCloseTo((float) -Math.log(1200), within(1e-6f));
      assertThat(got.score(1, 0) > Float.NEGATIVE_INFINITY).isFalse();
    }
  }
}
