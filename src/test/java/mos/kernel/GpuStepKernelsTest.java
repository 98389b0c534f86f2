package mos.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import mos.kernel.StepKernels.Normed;
import mos.nn.LayerNorm;
import mos.nn.Linear;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GpuStepKernelsTest extends OnGpu {
  private final StepKernels general = new TensorStepKernels();

  private static ScalarType type(String name) {
    return name.equals("fp32")
        ? ScalarType.Float
        : name.equals("bf16") ? ScalarType.BFloat16 : ScalarType.Half;
  }

  private static double tolerance(String name) {
    return name.equals("fp32") ? 1e-5 : name.equals("bf16") ? 1e-2 : 2e-3;
  }

  private static void assertSame(Tensor got, Tensor expected, double tolerance) {
    assertThat(relative(got, expected)).isLessThan(tolerance);
  }

  @ParameterizedTest
  @CsvSource({
    "fp32, 5, 512, 1536", "bf16, 5, 512, 1536", "fp16, 5, 640, 512", "bf16, 5, 3072, 512",
    "bf16, 5, 512, 3072", "bf16, 5, 512, 32768", "bf16, 1, 512, 16177", "fp32, 16, 512, 512",
    "bf16, 16, 1024, 2048", "bf16, 4, 72, 40", "bf16, 3, 20, 12", "fp32, 2, 1032, 64"
  })
  void affineMapsEqualLibtorchs(String name, int rows, int in, int out) {
    ScalarType type = type(name);
    StepKernels mine = StepKernels.of(device, type, rows);
    // A view: a SuperTransformer's weights are cut, not copied.
    Tensor wide = random(type, out, in + 8).mul(new Scalar(1 / Math.sqrt(in)));
    Linear map = Linear.of(wide.narrow(1, 0, in), random(type, out));
    LayerNorm norm = LayerNorm.of(random(type, in), random(type, in));
    Tensor x = random(type, rows, in);
    Tensor residual = random(type, rows, out);
    assertSame(mine.linear(x, map, residual), general.linear(x, map, residual), tolerance(name));
    assertSame(mine.linear(x, map, null), general.linear(x, map, null), tolerance(name));
    for (boolean relu : new boolean[] {false, true}) {
      Normed expected = general.normLinear(x, norm, map, relu);
      Normed got = mine.normLinear(x, norm, map, relu);
      assertSame(got.input(), expected.input(), tolerance(name));
      assertSame(got.output(), expected.output(), tolerance(name));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "fp32, 5, 8, 64",
    "bf16, 5, 4, 128",
    "fp16, 1, 2, 256",
    "bf16, 16, 16, 32",
    "fp32, 3, 4, 8",
    "fp32, 3, 4, 12"
  })
  void attentionEqualsLibtorchs(String name, int rows, int heads, int size) {
    ScalarType type = type(name);
    StepKernels mine = StepKernels.of(device, type, rows);
    int steps = 70;
    Tensor cache =
        torch.zeros(
            new long[] {2, heads, (long) steps * rows, size}, Tensors.options(type, device));
    Tensor otherCache = cache.clone();
    Tensor ancestors =
        torch.zeros(new long[] {rows, steps}, Tensors.options(ScalarType.Long, device));
    Tensor otherAncestors = ancestors.clone();
    Tensor encoder = random(type, 2, heads, 90, size);
    for (int step = 0; step < steps; step++) {
      try (Scope each = Scope.open()) {
        Tensor at = Tensors.of(new long[] {step}, device, 1);
        Tensor projected = random(type, rows, 3L * heads * size);
        assertSame(
            mine.attendSelf(projected, cache, ancestors, at),
            general.attendSelf(projected, otherCache, otherAncestors, at),
            tolerance(name));
        Tensor query = projected.narrow(1, 0, (long) heads * size).contiguous();
        Tensor count = Tensors.of(new long[] {step + 1}, device, 1);
        assertSame(
            mine.attendEncoder(query, encoder, count),
            general.attendEncoder(query, encoder, count),
            tolerance(name));
        Tensor order =
            torch.randint(rows, new long[] {rows}, Tensors.options(ScalarType.Long, device));
        ancestors.copy_(ancestors.index_select(0, order));
        otherAncestors.copy_(otherAncestors.index_select(0, order));
      }
    }
    assertThat(Tensors.toFloats(cache)).isEqualTo(Tensors.toFloats(otherCache));
    assertThat(Tensors.toLongs(ancestors)).isEqualTo(Tensors.toLongs(otherAncestors));
  }

  @ParameterizedTest
  @CsvSource({
    "5, 32768, 10",
    "1, 16177, 2",
    "4, 40, 8",
    "16, 65536, 32",
    "2, 70000, 4",
    "5, 7, 10"
  })
  void bestContinuationsEqualLibtorchs(int rows, int vocabulary, int k) {
    Tensor logits = random(ScalarType.Float, rows, vocabulary);
    StepKernels.Continuations expected = general.best(logits, k);
    StepKernels.Continuations got = StepKernels.of(device, ScalarType.Float, rows).best(logits, k);
    assertThat(Tensors.toLongs(got.tokens())).isEqualTo(Tensors.toLongs(expected.tokens()));
    assertThat(Tensors.toLongs(got.rows())).isEqualTo(Tensors.toLongs(expected.rows()));
  }

  @ParameterizedTest
  @CsvSource({"fp32, 5, 512", "bf16, 5, 640", "bf16, 3, 20"})
  void embeddingsEqualLibtorchs(String name, int rows, int width) {
    ScalarType type = type(name);
    Tensor table = random(type, 100, width + 8).narrow(1, 0, width);
    Tensor positions = random(type, 50, width + 8).narrow(1, 0, width);
    Tensor tokens = torch.randint(100, new long[] {rows}, Tensors.options(ScalarType.Long, device));
    Tensor position = Tensors.of(new long[] {7}, device, 1);
    assertSame(
        StepKernels.of(device, type, rows).embed(tokens, position, table, positions),
        general.embed(tokens, position, table, positions),
        tolerance(name));
  }
}
