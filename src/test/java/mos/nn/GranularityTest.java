package mos.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every granularity, also for the next one. */
class GranularityTest {
  private static final int EXPERTS = 3;

  @BeforeAll
  static void load() {
    Native.load();
  }

  static Stream<Granularity> all() {
    return Granularity.ALL.stream();
  }

  private static Tensor random(long... shape) {
    return torch.randn(shape, Tensors.options(ScalarType.Float, Tensors.cpu()));
  }

  private static long rows(Granularity granularity, long neuron, long neurons) {
    return granularity.rowOf(neuron + neurons - 1) - granularity.rowOf(neuron) + 1;
  }

  /** Smaller matrices use the first rows of larger ones. */
  @ParameterizedTest
  @MethodSource("all")
  void rowsFollowEachOther(Granularity granularity) {
    assertThat(granularity.rows(0)).isZero();
    assertThat(granularity.rowOf(0)).isZero();
    for (long i = 1; i < 100; i++) {
      assertThat(granularity.rowOf(i) - granularity.rowOf(i - 1)).isBetween(0L, 1L);
      assertThat(granularity.rows(i)).isEqualTo(granularity.rowOf(i - 1) + 1);
      if (granularity.step().isPresent()) {
        assertThat(granularity.rowOf(i)).isEqualTo(i * granularity.step().getAsInt());
      }
    }
    assertThat(granularity.sharesRows()).isEqualTo(granularity.rows(100) < 100);
  }

  /** Neuron i has the row that rowOf says, whatever neuron a matrix begins with. */
  @ParameterizedTest
  @MethodSource("all")
  void neuronsHaveTheWeightsOfTheirRow(Granularity granularity) {
    try (Scope scope = Scope.open()) {
      for (int first : new int[] {0, 5, 16}) {
        Tensor r = random(rows(granularity, first, 21), EXPERTS);
        float[] of = Tensors.toFloats(r);
        float[] got =
            Tensors.toFloats(granularity.ofNeurons(r, first, 21).expand(21, EXPERTS).contiguous());
        for (int i = 0; i < 21; i++) {
          int row = (int) (granularity.rowOf(first + i) - granularity.rowOf(first));
          for (int e = 0; e < EXPERTS; e++) {
            assertThat(got[i * EXPERTS + e]).isEqualTo(of[row * EXPERTS + e]);
          }
        }
      }
    }
  }

  /** ⟨ofNeurons(R), G⟩ = ⟨R, ofRows(G)⟩. */
  @ParameterizedTest
  @MethodSource("all")
  void theBackwardHalfIsTheTransposedOne(Granularity granularity) {
    try (Scope scope = Scope.open()) {
      for (int first : new int[] {0, 5, 16}) {
        Tensor r = random(rows(granularity, first, 21), EXPERTS);
        Tensor g = random(21, EXPERTS);
        Tensor back = granularity.ofRows(g, first);
        assertThat(back.sizes().vec().get()).isEqualTo(r.sizes().vec().get());
        assertThat(r.mul(back).sum().item_double())
            .isCloseTo(
                granularity.ofNeurons(r, first, 21).mul(g).sum().item_double(), within(1e-4));
      }
    }
  }
}
