package mos.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BestOfRowTest {
  @BeforeAll
  static void load() {
    Native.setThreads(1);
  }

  @ParameterizedTest
  @CsvSource({"32768, 10", "163840, 10", "16176, 8", "97, 3", "6, 6"})
  void bestOfPartsAreTheBestOfTheRow(int width, int k) {
    try (Scope scope = Scope.open()) {
      Tensor scores =
          torch.randn(new long[] {3, width}, Tensors.options(ScalarType.Float, Tensors.cpu()));
      BestOfRow expected = BestOfRow.of(scores, k, 1);
      long parts = BestOfRow.parts(width, k);
      BestOfRow got = BestOfRow.of(scores, k, parts);
      assertThat(width % parts).isZero();
      assertThat(width / parts).isGreaterThanOrEqualTo(k);
      assertThat(Tensors.toLongs(got.columns())).isEqualTo(Tensors.toLongs(expected.columns()));
      assertThat(Tensors.toFloats(got.values())).isEqualTo(Tensors.toFloats(expected.values()));
    }
  }
}
