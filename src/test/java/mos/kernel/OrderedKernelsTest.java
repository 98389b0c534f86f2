package mos.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import mos.nn.Granularity;
import mos.nn.Linear;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same sums as the other kernels', and on a GPU, where there is one, always the same bits. */
class OrderedKernelsTest {
  private static final int WORDS = 50;

  private Scope scope;

  @BeforeEach
  void open() {
    Native.load();
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /** All results of all kernels that add up, from the same inputs at every call. */
  private static List<Tensor> results(
      TrainingKernels kernels, Device device, ScalarType type, int n, int width) {
    torch.manual_seed(1);
    Tensor[] x = new Tensor[4];
    Arrays.setAll(x, i -> random(device, n, width).to(type));
    Tensor weight = random(device, width);
    Tensor[] sums = new Tensor[6];
    Arrays.setAll(sums, i -> torch.zeros_like(weight));
    List<Tensor> results = new ArrayList<>(List.of(sums));
    Dropout dropout = new Dropout(0.3, 9);
    TrainingKernels.Normed normed = kernels.addNorm(x[0], x[1], weight, weight, dropout);
    TrainingKernels.NormGradient norm =
        kernels.addNormBackward(x[2], normed, weight, sums[0], sums[1], sums[2], dropout);
    results.addAll(List.of(normed.output(), norm.residual(), norm.sublayer()));
    kernels.reluBackward(x[2], x[3], sums[3], 0.3);
    Tensor joinedSums = torch.zeros(new long[] {3L * width}, weight.options());
    results.addAll(
        List.of(x[2], joinedSums, kernels.join(new Tensor[] {x[0], x[2], x[3]}, joinedSums)));
    kernels.join(new Tensor[] {x[3]}, sums[4]);
    Tensor tokens = Tensors.of(new SplittableRandom(1).ints(n, 0, WORDS).toArray(), device, n);
    Tensor table = torch.zeros(new long[] {WORDS, width + 4L}, weight.options());
    kernels.embedBackward(x[3], tokens, table.narrow(1, 0, width), dropout);
    Tensor losses = torch.zeros(new long[] {2}, Tensors.options(ScalarType.Double, device));
    Tensor targets = Tensors.of(new SplittableRandom(2).ints(n, -9, width).toArray(), device, n);
    Tensor logits = x[0].clone();
    kernels.crossEntropy(logits, targets, losses, 0.1, 2);
    results.addAll(List.of(table, losses, logits));
    results.addAll(mixed(kernels, device, type, true));
    results.addAll(mixed(kernels, device, type, false));
    return results;
  }

  /** Gradients of two experts of a matrix and of their shares. */
  private static List<Tensor> mixed(
      TrainingKernels kernels, Device device, ScalarType type, boolean layerWise) {
    Tensor weights = random(device, 2, 300, 64);
    Tensor biases = random(device, 2, 300);
    Tensor weightGradients = torch.zeros_like(weights);
    Tensor biasGradients = torch.zeros_like(biases);
    TrainingKernels.Mixer mixer =
        kernels.mixer(
            List.of(
                new TrainingKernels.ExpertMatrix(
                    new MixtureShares(
                        layerWise ? Granularity.LAYER_WISE : Granularity.NEURON_WISE,
                        0,
                        0,
                        0,
                        300,
                        2),
                    weights,
                    biases,
                    weightGradients,
                    biasGradients,
                    Linear.of(random(device, 300, 64).to(type), random(device, 300).to(type)),
                    Linear.of(random(device, 300, 64), random(device, 300)))));
    Tensor shares = layerWise ? random(device, 1, 1, 2) : random(device, 1, 1, 300, 2);
    Tensor shareGradients = torch.zeros_like(shares);
    mixer.mix(TrainingKernels.Mixer.of(new Tensor[] {shares}, 0));
    mixer.mixBackward(List.of(mixer), new Tensor[] {shares}, new Tensor[] {shareGradients}, true);
    return List.of(weightGradients, biasGradients, shareGradients);
  }

  private static Tensor random(Device device, long... shape) {
    return torch.randn(shape, Tensors.options(ScalarType.Float, device));
  }

  private static double relative(Tensor got, Tensor expected) {
    Tensor e = expected.to(ScalarType.Double);
    return got.to(ScalarType.Double).sub(e).norm().item_double() / e.norm().item_double();
  }

  private static void assertClose(List<Tensor> got, List<Tensor> expected, double most) {
    for (int i = 0; i < expected.size(); i++) {
      if (expected.get(i).count_nonzero().item_long() > 0) {
        assertThat(relative(got.get(i), expected.get(i))).as("result %d", i).isLessThan(most);
      }
    }
  }

  @Test
  void sumsEqualThoseOfTheKernelsUnderneath() {
    TrainingKernels plain = new TensorKernels();
    Device cpu = Tensors.cpu();
    assertClose(
        results(new OrderedKernels(plain, plain), cpu, ScalarType.Float, 300, 40),
        results(plain, cpu, ScalarType.Float, 300, 40),
        1e-5);
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1032, 30})
  void everyRunOnTheGpuGivesTheSameBits(int width) {
    assumeTrue(Native.hasGpu(), "no GPU");
    Device device = Devices.of("cuda");
    for (ScalarType type : List.of(ScalarType.Float, ScalarType.BFloat16, ScalarType.Half)) {
      TrainingKernels kernels = TrainingKernels.of(device, type, true);
      List<Tensor> first = results(kernels, device, type, 20_000, width);
      for (int run = 0; run < 5; run++) {
        List<Tensor> again = results(kernels, device, type, 20_000, width);
        for (int i = 0; i < first.size(); i++) {
          assertThat(again.get(i).equal(first.get(i))).as("%s, result %d", type, i).isTrue();
        }
      }
      double most = type == ScalarType.Float ? 1e-4 : 0.02;
      assertClose(
          first, results(TrainingKernels.of(device, type), device, type, 20_000, width), most);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16, 4})
  void everyRunOfAttentionOnTheGpuGivesTheSameBits(int heads) {
    assumeTrue(Native.hasGpu(), "no GPU");
    Device device = Devices.of("cuda");
    int[] starts = {0, 700, 1000, 1120, 1180, 1200, 1210};
    SequenceOffsets offsets =
        new SequenceOffsets(Tensors.of(starts, device, starts.length), starts, 700);
    PackedAttention.Shape shape =
        PackedAttention.Shape.ofSelf(offsets, heads, true, new Dropout(0.1, 4));
    for (ScalarType type : List.of(ScalarType.Float, ScalarType.BFloat16)) {
      PackedAttention attention = PackedAttention.of(device, type, true);
      List<Tensor> first = null;
      for (int run = 0; run < 5; run++) {
        torch.manual_seed(1);
        Tensor[] x = new Tensor[4];
        Arrays.setAll(x, i -> random(device, 1210, 512).to(type));
        PackedAttention.Attended attended = attention.forward(x[0], x[1], x[2], shape);
        PackedAttention.Gradient g = attention.backward(x[3], x[0], x[1], x[2], attended, shape);
        List<Tensor> now = List.of(attended.output(), g.query(), g.key(), g.value());
        first = first == null ? now : first;
        for (int i = 0; i < now.size(); i++) {
          assertThat(now.get(i).equal(first.get(i))).as("%s, result %d", type, i).isTrue();
        }
      }
    }
  }
}
