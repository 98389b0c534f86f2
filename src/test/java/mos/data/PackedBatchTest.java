package mos.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

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

  @Test
  void packedPassesCountTokensAlone() {
    List<int[]> sentences = List.of(new int[] {0, 1, 2, 3, 4});
    int[] lengths = {10, 2, 2, 2, 2};
    assertThat(Passes.PADDED.merge(sentences, i -> lengths[i], i -> 1, 20)).hasSize(2);
    assertThat(Passes.PACKED.merge(sentences, i -> lengths[i], i -> 1, 20)).hasSize(1);
    assertThat(Passes.PACKED.merge(sentences, i -> lengths[i], i -> 1, 17)).hasSize(2);
  }
}
