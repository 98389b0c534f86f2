package mos.kernel;

import static org.assertj.core.api.Assertions.assertThat;

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

class GpuBatchKernelsTest extends OnGpu {
  private static final int COUNT = 7;

  private final BatchKernels general = new TensorBatchKernels();

  private static ScalarType type(String name) {
    return name.equals("fp32")
        ? ScalarType.Float
        : name.equals("bf16") ? ScalarType.BFloat16 : ScalarType.Half;
  }

  private static double tolerance(String name) {
    return name.equals("fp32") ? 1e-5 : name.equals("bf16") ? 1e-2 : 2e-3;
  }

  private static void assertSame(Tensor got, Tensor expected, String name) {
    assertThat(relative(got, expected)).isLessThan(tolerance(name));
  }

  /** Five sentences in seven slots, each at a step, of a length and in a place of its own. */
  private Slots slots(int beam, int steps, int longest) {
    Slots slots = Slots.of(device, COUNT, beam, steps);
    slots.active().narrow(0, 0, 5).copy_(Tensors.of(new int[] {6, 0, 3, 1, 5}, device, 5));
    slots.place().copy_(Tensors.of(new int[] {8, 2, 0, 5, 1, 7, 3}, device, COUNT));
    slots.step().copy_(Tensors.of(new int[] {0, steps - 1, 4, 33, 2, 7, 64}, device, COUNT));
    slots.length().copy_(Tensors.of(new int[] {1, longest, 9, 2, 3, 8, 44}, device, COUNT));
    slots.tokens().copy_(integers(50, COUNT, beam));
    slots.ancestors().copy_(integers(beam, COUNT, beam, steps));
    return slots;
  }

  private Tensor integers(int below, long... shape) {
    return torch.randint(below, shape, Tensors.options(ScalarType.Int, device));
  }

  @ParameterizedTest
  @CsvSource({
    "fp32, 5, 8, 64",
    "bf16, 4, 4, 128",
    "fp16, 1, 2, 256",
    "bf16, 16, 16, 32",
    "fp32, 3, 4, 8",
    "bf16, 9, 3, 16"
  })
  void attentionEqualsLibtorchs(String name, int beam, int heads, int size) {
    ScalarType type = type(name);
    BatchKernels mine = BatchKernels.of(device, type, beam);
    int steps = 130;
    int longest = 90;
    long width = (long) heads * size;
    try (Slots slots = slots(beam, steps, longest)) {
      Tensor cache = random(type, COUNT, steps, beam, 2 * width);
      Tensor otherCache = cache.clone();
      Tensor projected = random(type, 5L * beam, 3 * width);
      assertSame(
          mine.attendSelf(slots, 5, projected, cache, heads),
          general.attendSelf(slots, 5, projected, otherCache, heads),
          name);
      assertThat(Tensors.toFloats(cache)).isEqualTo(Tensors.toFloats(otherCache));
      for (int attended = 1; attended <= 3; attended++) {
        Tensor query = random(type, 5L * beam, width);
        Tensor encoder = random(type, 9, longest, attended, 2 * width);
        assertSame(
            mine.attendEncoder(slots, 5, query, encoder, heads),
            general.attendEncoder(slots, 5, query, encoder, heads),
            name);
      }
    }
  }

  /** Rows without a sentence are left as they are, and disturb no others. */
  @ParameterizedTest
  @CsvSource({"bf16, 4", "fp32, 2"})
  void rowsWithoutSentenceAreSkipped(String name, int beam) {
    ScalarType type = type(name);
    BatchKernels mine = BatchKernels.of(device, type, beam);
    try (Slots slots = slots(beam, 70, 60)) {
      Tensor projected = random(type, 5L * beam, 3 * 64);
      Tensor cache = random(type, COUNT, 70, beam, 128);
      Tensor expected = general.attendSelf(slots, 5, projected, cache.clone(), 4);
      Tensor before = cache.clone();
      slots.active().narrow(0, 2, 1).fill_(new Scalar(-1L));
      Tensor got = mine.attendSelf(slots, 5, projected, cache, 4);
      assertSame(got.narrow(0, 0, 2L * beam), expected.narrow(0, 0, 2L * beam), name);
      assertSame(
          got.narrow(0, 3L * beam, 2L * beam), expected.narrow(0, 3L * beam, 2L * beam), name);
      assertThat(Tensors.toFloats(cache.select(0, 3)))
          .isEqualTo(Tensors.toFloats(before.select(0, 3)));
    }
  }

  @ParameterizedTest
  @CsvSource({"fp32, 640", "bf16, 512", "fp16, 1024", "bf16, 20", "bf16, 1032"})
  void normsOfSumsEqualLibtorchs(String name, int width) {
    ScalarType type = type(name);
    LayerNorm norm = LayerNorm.of(random(type, width), random(type, width));
    Tensor x = random(type, 37, width);
    Tensor residual = random(type, 37, width);
    assertSame(
        BatchKernels.of(device, type, 4).addNorm(x, residual, norm),
        general.addNorm(x.to(ScalarType.Float), residual.to(ScalarType.Float), floats(norm)),
        name);
  }

  private static LayerNorm floats(LayerNorm norm) {
    return LayerNorm.of(
        norm.weight().get().to(ScalarType.Float), norm.bias().get().to(ScalarType.Float));
  }

  @ParameterizedTest
  @CsvSource({"fp32, 64, 48", "bf16, 512, 1536", "bf16, 512, 100"})
  void productsEqualLibtorchs(String name, int in, int out) {
    ScalarType type = type(name);
    BatchKernels mine = BatchKernels.of(device, type, 4);
    Tensor wide = random(type, out, in + 8).mul(new Scalar(1 / Math.sqrt(in)));
    Linear map = Linear.of(wide.narrow(1, 0, in), random(type, out));
    Tensor x = random(type, 40, in);
    for (boolean relu : new boolean[] {false, true}) {
      assertSame(mine.linear(x, map, relu), general.linear(x, map, relu), name);
    }
  }

  @ParameterizedTest
  @CsvSource({"fp32, 5, 512", "bf16, 4, 640"})
  void embeddingsEqualLibtorchs(String name, int beam, int width) {
    ScalarType type = type(name);
    Tensor table = random(type, 50, width + 8).narrow(1, 0, width);
    Tensor positions = random(type, 70, width + 8).narrow(1, 0, width);
    try (Slots slots = slots(beam, 70, 60);
        Scope scope = Scope.open()) {
      assertSame(
          BatchKernels.of(device, type, beam).embed(slots, 5, table, positions),
          general.embed(slots, 5, table, positions),
          name);
    }
  }
}
