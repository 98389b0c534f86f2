package mos.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import mos.data.Batch;
import org.junit.jupiter.api.Test;

class RandomSentencesTest {
  /** Once both sides had symbols of the target dictionary, which the smaller one lacks. */
  @Test
  void eachSideHasSymbolsOfItsOwnDictionary() {
    for (Batch batch : new RandomSentences(9, 400, 20).passes(800, 200, 400)) {
      assertThat(Arrays.stream(batch.source()).flatMapToInt(Arrays::stream).max().orElse(0))
          .isEqualTo(8);
      assertThat(Arrays.stream(batch.target()).flatMapToInt(Arrays::stream).max().orElse(0))
          .isBetween(300, 399);
    }
  }
}
