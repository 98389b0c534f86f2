package mos.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PackedBatchTest {
  private static final int PAD = Dictionary.PAD;
  private static final int EOS = Dictionary.EOS;

  private static final Batch BATCH =
      new Batch(
          new int[] {4, 7},
          new int[][] {{10, 11, EOS}, {12, EOS, PAD}},
          new int[] {3, 2},
          new int[][] {{20, EOS, PAD, PAD}, {21, 22, 23, EOS}},
          new int[][] {{EOS, 20, PAD, PAD}, {EOS, 21, 22, 23}},
          6);

  @Test
  void paddingIsLeftOut() {
    PackedBatch packed = PackedBatch.of(BATCH);
    assertThat(packed.size()).isEqualTo(2);
    assertThat(packed.source()).containsExactly(10, 11, EOS, 12, EOS);
    assertThat(packed.sourceStarts()).containsExactly(0, 3, 5);
    assertThat(packed.target()).containsExactly(20, EOS, 21, 22, 23, EOS);
    assertThat(packed.previousOutput()).containsExactly(EOS, 20, EOS, 21, 22, 23);
    assertThat(packed.targetStarts()).containsExactly(0, 2, 6);
    assertThat(PackedBatch.places(packed.targetStarts())).containsExactly(0, 1, 0, 1, 2, 3);
    assertThat(PackedBatch.longest(packed.targetStarts())).isEqualTo(4);
  }

  @Test
  void partOfABatchKeepsItsRows() {
    Batch part = BATCH.part(1, 2);
    assertThat(part.sentences()).containsExactly(7);
    assertThat(part.targetTokens()).isEqualTo(4);
    assertThat(PackedBatch.of(part).source()).containsExactly(12, EOS);
  }

  /** Numbers of source and target tokens of two sentences, and what they are rounded up to. */
  @ParameterizedTest
  @CsvSource({
    "100, 90, 100, 90, 0",
    "4096, 4000, 4160, 4032, 4",
    "4030, 3972, 4032, 4000, 2",
    "16000, 15873, 16128, 16000, 8",
    "129, 8000, 134, 8064, 4",
  })
  void shortSentencesOfPaddingRoundUp(int source, int target, int sources, int targets, int more) {
    PackedBatch batch =
        new PackedBatch(
            filled(source), starts(source), filled(target), filled(target), starts(target));
    PackedBatch rounded = batch.roundedUp(64);
    assertThat(rounded.source()).hasSize(sources).startsWith(batch.source());
    assertThat(rounded.target()).hasSize(targets).startsWith(batch.target());
    assertThat(rounded.previousOutput()).hasSize(targets).startsWith(batch.previousOutput());
    assertThat(Arrays.stream(rounded.target()).skip(target)).allMatch(t -> t == PackedBatch.NONE);
    assertThat(Arrays.stream(rounded.source()).skip(source)).allMatch(t -> t == PAD);
    assertThat(Arrays.stream(rounded.previousOutput()).skip(target)).allMatch(t -> t == PAD);
    assertThat(rounded.size()).isEqualTo(2 + more);
    for (int[] starts : List.of(rounded.sourceStarts(), rounded.targetStarts())) {
      for (int b = 2; b < rounded.size(); b++) {
        assertThat(starts[b + 1] - starts[b]).isBetween(1, 17);
      }
    }
    assertThat(rounded.sourceStarts()).startsWith(batch.sourceStarts()).endsWith(sources);
    assertThat(rounded.targetStarts()).startsWith(batch.targetStarts()).endsWith(targets);
  }

  private static int[] filled(int tokens) {
    int[] all = new int[tokens];
    Arrays.fill(all, 10);
    return all;
  }

  private static int[] starts(int tokens) {
    return new int[] {0, tokens / 3, tokens};
  }

  @Test
  void packedPassesCountTokensAlone() {
    List<int[]> sentences = List.of(new int[] {0, 1, 2, 3, 4});
    int[] lengths = {10, 2, 2, 2, 2};
    assertThat(Passes.PADDED.merge(sentences, i -> lengths[i], i -> 1, 20)).hasSize(2);
    assertThat(Passes.PACKED.merge(sentences, i -> lengths[i], i -> 1, 20)).hasSize(1);
    assertThat(Passes.PACKED.merge(sentences, i -> lengths[i], i -> 1, 17)).hasSize(2);
  }
}
