package mos.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class OperatorTest {
  @Test
  void argumentsAreGivenByNameAndDefaultsFilledIn() {
    Operator add = Operator.of("aten::add", "Tensor", "other", "self");
    Operator scaled = Operator.of("aten::add", "Tensor", "self", "other", "alpha");
    try (Scope scope = Scope.open()) {
      Tensor a = Tensors.of(new float[] {1, 2}, Tensors.cpu(), 2);
      Tensor b = Tensors.of(new float[] {10, 20}, Tensors.cpu(), 2);
      assertThat(Tensors.toFloats(add.call(a, b).get(0).toTensor())).containsExactly(11, 22);
      assertThat(Tensors.toFloats(scaled.call(a, b, 3L).get(0).toTensor())).containsExactly(31, 62);
    }
  }

  @Test
  void unknownArgumentsAreNamed() {
    assertThatThrownBy(() -> Operator.of("aten::add", "Tensor", "beta"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("aten::add")
        .hasMessageContaining("beta");
  }
}
