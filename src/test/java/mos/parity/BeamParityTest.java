package mos.parity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import mos.results.ParityFigures;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Tensors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BeamParityTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/beam/beam_hat.json");
  private static final int SENTENCES = 12;

  /** One that takes whole batches, one that keeps slots full. */
  private static final int SEARCHES = 3;

  @BeforeAll
  static void load() {
    Native.setThreads(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 12})
  void nBestListsEqualTheGoldenOnesInBatchesOfAnySize(int size) {
    List<int[]> batches = new ArrayList<>();
    for (int from = 0; from < SENTENCES; from += size) {
      batches.add(IntStream.range(from, Math.min(from + size, SENTENCES)).toArray());
    }
    assertSame(batches);
  }

  @Test
  void nBestListsEqualTheGoldenOnesInAnyOrder() {
    assertSame(List.of(new int[] {11, 0, 10, 3}, new int[] {5, 4, 9, 8, 7, 6, 2, 1}));
  }

  @ParameterizedTest
  @ValueSource(strings = {"beam_hat", "beam_neuronwise_m2"})
  void everyGoldenFileAgrees(String name) {
    Path json = Path.of("../shared/golden/beam", name + ".json");
    assumeTrue(Files.exists(json));
    ParityFigures.BeamErrors errors = BeamParity.check(json, Tensors.cpu(), Precision.FP32);
    assertThat(errors).matches(e -> e.passes(ModelParity.TOLERANCE));
    assertThat(errors.nBestLists()).isEqualTo(SEARCHES * 21 * SENTENCES);
  }

  private static void assertSame(List<int[]> batches) {
    ParityFigures.BeamErrors errors =
        BeamParity.check(GOLDEN, Tensors.cpu(), Precision.FP32, batches);
    assertThat(errors).matches(e -> e.passes(ModelParity.TOLERANCE));
    assertThat(errors.nBestLists()).isEqualTo(SEARCHES * 21 * SENTENCES);
  }
}
