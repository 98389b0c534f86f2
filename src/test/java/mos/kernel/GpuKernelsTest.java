package mos.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GpuKernelsTest extends OnGpu {
  private static final int WIDTH = 512;

  private SequenceOffsets offsets(int[] lengths, int factor) {
    int[] starts = new int[lengths.length + 1];
    for (int b = 0; b < lengths.length; b++) {
      starts[b + 1] = starts[b] + lengths[b] * factor;
    }
    int longest = Arrays.stream(lengths).max().orElse(0) * factor;
    return new SequenceOffsets(Tensors.of(starts, device, starts.length), starts, longest);
  }

  private static int[] lengths(int seed, int most) {
    return new SplittableRandom(seed)
        .ints(40, 1, most + 1)
        .boxed()
        .sorted((a, b) -> b - a)
        .mapToInt(i -> i)
        .toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "8, 30, 1, true", "8, 30, 1, false", "8, 30, 2, false", "4, 30, 1, true", "4, 60, 2, false",
    "8, 128, 1, true", "16, 50, 1, true", "8, 200, 1, false", "4, 70, 3, false", "8, 2, 1, false"
  })
  void shortAttentionEqualsFlashAttention(int heads, int most, int factor, boolean causal) {
    SequenceOffsets queries = offsets(lengths(most, most), 1);
    SequenceOffsets keys = offsets(lengths(most, most), factor);
    PackedAttention.Shape shape =
        factor == 1
            ? PackedAttention.Shape.ofSelf(queries, heads, causal, Dropout.NONE)
            : PackedAttention.Shape.ofCross(queries, keys, heads, Dropout.NONE);
    int n = queries.hostStarts()[queries.count()];
    int m = keys.hostStarts()[keys.count()];
    Tensor q;
    Tensor kv = random(ScalarType.BFloat16, m, 3 * WIDTH);
    if (factor == 1) {
      q = kv.narrow(1, 0, WIDTH);
    } else {
      q = random(ScalarType.BFloat16, n, WIDTH);
    }
    Tensor k = kv.narrow(1, WIDTH, WIDTH);
    Tensor v = kv.narrow(1, 2 * WIDTH, WIDTH);
    Tensor gradient = random(ScalarType.BFloat16, n, WIDTH);
    PackedAttention flash = new FlashAttention();
    PackedAttention mine = new ShortAttention(ScalarType.BFloat16, new FlashAttention());
    PackedAttention.Attended expected = flash.forward(q, k, v, shape);
    PackedAttention.Attended got = mine.forward(q, k, v, shape);
    assertThat(relative(got.output(), expected.output())).isLessThan(0.01);
    PackedAttention.Gradient e = flash.backward(gradient, q, k, v, expected, shape);
    PackedAttention.Gradient g = mine.backward(gradient, q, k, v, got, shape);
    assertThat(relative(g.value(), e.value())).isLessThan(0.01);
    assertThat(relative(g.query(), e.query())).isLessThan(0.02);
    assertThat(relative(g.key(), e.key())).isLessThan(0.02);
  }

  /**
   * Attention to the encoder where the heads use a third of the projection, so that queries lie as
   * those of self-attention do; once the targets are longer, once the sources.
   */
  @ParameterizedTest
  @CsvSource({"384, 2, 64, 1, 3", "384, 2, 64, 3, 1", "384, 6, 64, 1, 2", "96, 1, 32, 2, 1"})
  void crossAttentionIsNotTakenForSelfAttention(
      int projection, int heads, int headDim, int targets, int sources) {
    int width = heads * headDim;
    SequenceOffsets queries = offsets(lengths(7, 30), targets);
    SequenceOffsets keys = offsets(lengths(7, 30), sources);
    PackedAttention.Shape shape = PackedAttention.Shape.ofCross(queries, keys, heads, Dropout.NONE);
    int n = queries.hostStarts()[queries.count()];
    int m = keys.hostStarts()[keys.count()];
    Tensor q = random(ScalarType.BFloat16, n, projection).narrow(1, 0, width);
    Tensor kv = random(ScalarType.BFloat16, m, 2 * projection);
    Tensor k = kv.narrow(1, 0, width);
    Tensor v = kv.narrow(1, projection, width);
    Tensor gradient = random(ScalarType.BFloat16, n, width);
    PackedAttention plain = new EfficientAttention();
    PackedAttention mine = new ShortAttention(ScalarType.BFloat16, new FlashAttention());
    PackedAttention.Attended expected = plain.forward(q, k, v, shape);
    PackedAttention.Attended got = mine.forward(q, k, v, shape);
    assertThat(relative(got.output(), expected.output())).isLessThan(0.01);
    PackedAttention.Gradient e = plain.backward(gradient, q, k, v, expected, shape);
    PackedAttention.Gradient g = mine.backward(gradient, q, k, v, got, shape);
    assertThat(relative(g.query(), e.query())).isLessThan(0.02);
    assertThat(relative(g.key(), e.key())).isLessThan(0.02);
    assertThat(relative(g.value(), e.value())).isLessThan(0.02);
  }

  /** FFN sizes of which some are no multiples of 4, in one update. */
  @ParameterizedTest
  @CsvSource({"true, true", "true, false", "false, true", "false, false"})
  void mixersOfAllSizesEqualTensorOperations(boolean layerWise, boolean overwrite) {
    MixedSizes sizes = new MixedSizes(device, layerWise, 1000, 750, 500);
    List<Tensor> expected = sizes.results(new TensorKernels()::mixer, overwrite);
    List<Tensor> got = sizes.results(CudaKernels.of(ScalarType.Float)::mixer, overwrite);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(relative(got.get(i), expected.get(i))).as("result %d", i).isLessThan(1e-4);
    }
  }

  /** The output is linear in the values, so its backward half is its transpose, mask included. */
  @Test
  void attentionDropsTheSameWeightsInBothHalves() {
    SequenceOffsets offsets = offsets(lengths(3, 60), 1);
    PackedAttention.Shape shape =
        PackedAttention.Shape.ofSelf(offsets, 8, false, new Dropout(0.3, 99));
    int n = offsets.hostStarts()[offsets.count()];
    PackedAttention mine = new ShortAttention(ScalarType.BFloat16, new FlashAttention());
    Tensor q = random(ScalarType.BFloat16, n, WIDTH);
    Tensor k = random(ScalarType.BFloat16, n, WIDTH);
    Tensor v = random(ScalarType.BFloat16, n, WIDTH);
    Tensor gradient = random(ScalarType.BFloat16, n, WIDTH);
    PackedAttention.Attended attended = mine.forward(q, k, v, shape);
    PackedAttention.Gradient g = mine.backward(gradient, q, k, v, attended, shape);
    double forward = dot(gradient, attended.output());
    double backward = dot(g.value(), v);
    double size = gradient.norm().item_double() * attended.output().norm().item_double();
    assertThat(forward / size).isCloseTo(backward / size, within(1e-3));
    Tensor ones = torch.ones_like(v);
    double mean =
        mine.forward(q, k, ones, shape).output().to(ScalarType.Float).mean().item_double();
    assertThat(mean).isCloseTo(1, within(0.02));
  }

  private static double dot(Tensor a, Tensor b) {
    return a.to(ScalarType.Double).mul(b.to(ScalarType.Double)).sum().item_double();
  }

  @ParameterizedTest
  @CsvSource({"640, 0", "512, 1", "640, 2", "100, 1", "1024, 0"})
  void normDropsTheSameNumbersInBothHalves(int width, int type) {
    ScalarType scalar =
        new ScalarType[] {ScalarType.Float, ScalarType.BFloat16, ScalarType.Half}[type];
    TrainingKernels kernels = CudaKernels.of(scalar);
    Dropout dropout = new Dropout(0.3, 5);
    Tensor weight = torch.ones(new long[] {width}, Tensors.options(ScalarType.Float, device));
    Tensor bias = torch.zeros_like(weight);
    Tensor zero = torch.zeros(new long[] {1000, width}, Tensors.options(scalar, device));
    TrainingKernels.Normed normed =
        kernels.addNorm(zero, torch.ones_like(zero), weight, bias, dropout);
    Tensor mask = normed.sum().to(ScalarType.Float);
    assertThat(mask.mean().item_double()).isCloseTo(1, within(0.01));
    TrainingKernels.NormGradient g =
        kernels.addNormBackward(
            random(scalar, 1000, width),
            normed,
            weight,
            torch.zeros_like(weight),
            torch.zeros_like(weight),
            torch.zeros_like(weight),
            dropout);
    assertThat(relative(g.sublayer(), g.residual().to(ScalarType.Float).mul(mask)))
        .isLessThan(0.01);
  }

  @ParameterizedTest
  @CsvSource({"640", "512", "40", "1024", "1032"})
  void kernelsEqualTensorOperations(int width) {
    TrainingKernels mine = CudaKernels.of(ScalarType.Float);
    TrainingKernels plain = new TensorKernels();
    Tensor x = random(ScalarType.Float, 777, width);
    Tensor y = random(ScalarType.Float, 777, width);
    Tensor weight = random(ScalarType.Float, width);
    Tensor bias = random(ScalarType.Float, width);
    TrainingKernels.Normed a = mine.addNorm(x, y.clone(), weight, bias, Dropout.NONE);
    TrainingKernels.Normed b = plain.addNorm(x, y.clone(), weight, bias, Dropout.NONE);
    assertThat(relative(a.output(), b.output())).isLessThan(1e-5);
    Tensor[] sums = new Tensor[6];
    Arrays.setAll(sums, i -> torch.zeros_like(weight));
    TrainingKernels.NormGradient g =
        mine.addNormBackward(y, a, weight, sums[0], sums[1], sums[2], Dropout.NONE);
    TrainingKernels.NormGradient e =
        plain.addNormBackward(y, b, weight, sums[3], sums[4], sums[5], Dropout.NONE);
    assertThat(relative(g.residual(), e.residual())).isLessThan(1e-5);
    for (int i = 0; i < 2; i++) {
      assertThat(relative(sums[i], sums[i + 3])).isLessThan(1e-4);
    }
    Tensor one = y.clone();
    Tensor two = y.clone();
    Tensor s1 = torch.zeros_like(weight);
    Tensor s2 = torch.zeros_like(weight);
    mine.reluBackward(one, x, s1, 0.2);
    plain.reluBackward(two, x, s2, 0.2);
    assertThat(relative(one, two)).isLessThan(1e-6);
    assertThat(relative(s1, s2)).isLessThan(1e-4);
    Tensor logits = random(ScalarType.Float, 777, width).mul(new Scalar(5));
    int[] targets = new SplittableRandom(1).ints(777, -50, width).toArray();
    Tensor target = Tensors.of(targets, device, 777);
    Tensor l1 = torch.zeros(new long[] {2}, Tensors.options(ScalarType.Double, device));
    Tensor l2 = torch.zeros_like(l1);
    Tensor same = logits.clone();
    mine.crossEntropy(logits, target, l1, 0.1, 3);
    plain.crossEntropy(same, target, l2, 0.1, 3);
    assertThat(relative(logits, same)).isLessThan(1e-5);
    assertThat(relative(l1, l2)).isLessThan(1e-5);
  }

  /** Rows that are kept in registers, in both sizes, and those too long or of odd widths. */
  @ParameterizedTest
  @ValueSource(ints = {500, 16_176, 16_384, 16_388, 32_768, 32_772, 1003})
  void crossEntropyIn16Bits(int width) {
    TrainingKernels mine = TrainingKernels.of(device, ScalarType.BFloat16);
    Tensor logits = random(ScalarType.BFloat16, 60, width).mul(new Scalar(5));
    Tensor wide = logits.to(ScalarType.Float);
    Tensor target =
        Tensors.of(new SplittableRandom(1).ints(60, -width / 8, width).toArray(), device, 60);
    Tensor sums = torch.zeros(new long[] {2}, Tensors.options(ScalarType.Double, device));
    Tensor expected = torch.zeros_like(sums);
    mine.crossEntropy(logits, target, sums, 0.1, 3);
    new TensorKernels().crossEntropy(wide, target, expected, 0.1, 3);
    assertThat(relative(sums, expected)).isLessThan(1e-5);
    assertThat(relative(logits, wide)).isLessThan(4e-3);
  }
}
