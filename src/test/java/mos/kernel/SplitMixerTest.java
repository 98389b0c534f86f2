package mos.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import mos.kernel.TrainingKernels.ExpertMatrix;
import mos.kernel.TrainingKernels.Mixer;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which matrices go to the GPU's mixer, and that the parts give what one mixer does. */
class SplitMixerTest {
  private final TensorKernels general = new TensorKernels();

  @ParameterizedTest
  @CsvSource({
    "true, true, 20, 14, 8",
    "true, false, 20, 14, 8",
    "false, true, 20, 14, 8",
    "false, true, 14, 20, 6",
    "false, false, 14, 12, 6"
  })
  void partsGiveWhatOneMixerDoes(boolean layerWise, boolean overwrite, int a, int b, int c) {
    try (Scope scope = Scope.open()) {
      int most = Math.max(a, b);
      MixedSizes sizes = new MixedSizes(Tensors.cpu(), layerWise, most, b, c);
      List<Tensor> expected = sizes.results(general::mixer, overwrite);
      List<Tensor> got =
          sizes.results(
              all -> SplitMixer.of(all, CudaMixer::fits, general::mixer, general::mixer),
              overwrite);
      for (int i = 0; i < expected.size(); i++) {
        double difference = got.get(i).sub(expected.get(i)).abs().max().item_double();
        assertThat(difference).as("result %d", i).isCloseTo(0, within(1e-4));
      }
    }
  }

  /** Rows of 14 numbers are no whole groups of 4; those of 20 and 8 are. */
  @Test
  void eachMatrixIsChosenForByItsOwnSize() {
    try (Scope scope = Scope.open()) {
      List<Integer> fast = new ArrayList<>();
      List<Integer> others = new ArrayList<>();
      new MixedSizes(Tensors.cpu(), false, 20, 14, 8)
          .results(
              all ->
                  SplitMixer.of(
                      all, CudaMixer::fits, noting(fast, general), noting(others, general)),
              true);
      assertThat(fast).containsExactly(2, 1, 2);
      assertThat(others).containsExactly(1);
    }
  }

  private static Function<List<ExpertMatrix>, Mixer> noting(
      List<Integer> sizes, TensorKernels kernels) {
    return matrices -> {
      sizes.add(matrices.size());
      return kernels.mixer(matrices);
    };
  }

  /** Queries that lie as those of self-attention do get no place beside the encoder's keys. */
  @Test
  void gradientsOfAttentionToTheEncoderAreOfItsOwnSize() {
    try (Scope scope = Scope.open()) {
      Tensor query = Tensors.zeros(ScalarType.Float, Tensors.cpu(), 9, 384).narrow(1, 0, 128);
      Tensor key = Tensors.zeros(ScalarType.Float, Tensors.cpu(), 5, 768).narrow(1, 0, 128);
      PackedAttention.Gradient cross = ShortAttention.room(query, key, 128, false);
      assertThat(cross.query().sizes().vec().get()).containsExactly(9, 128);
      assertThat(cross.key().sizes().vec().get()).containsExactly(5, 128);
      assertThat(cross.value().stride(0)).isEqualTo(256);
      PackedAttention.Gradient self = ShortAttention.room(query, query, 128, true);
      assertThat(self.query().stride(0)).isEqualTo(384);
      assertThat(self.value().data_ptr().address() - self.query().data_ptr().address())
          .isEqualTo(4 * 256);
    }
  }
}
