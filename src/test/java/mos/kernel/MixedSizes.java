package mos.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import mos.kernel.TrainingKernels.ExpertMatrix;
import mos.kernel.TrainingKernels.Mixer;
import mos.nn.Granularity;
import mos.nn.Linear;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The two matrices of a feed-forward layer of experts, for architectures of several FFN sizes in
 * one update, the largest first.
 */
final class MixedSizes {
  private static final int EXPERTS = 3;
  private static final int WIDTH = 64;

  private final Granularity granularity;
  private final int[] ffns;
  private final TensorOptions options;
  private final Tensor[] weights = new Tensor[2];
  private final Tensor[] biases = new Tensor[2];
  private final Tensor mixtures;
  private final List<Linear> mixedGradients = new ArrayList<>();

  MixedSizes(Device device, boolean layerWise, int... ffns) {
    this.granularity = layerWise ? Granularity.LAYER_WISE : Granularity.NEURON_WISE;
    this.ffns = ffns.clone();
    options = Tensors.options(ScalarType.Float, device);
    int most = ffns[0];
    weights[0] = random(EXPERTS, most, WIDTH);
    weights[1] = random(EXPERTS, WIDTH, most);
    biases[0] = random(EXPERTS, most);
    biases[1] = random(EXPERTS, WIDTH);
    long rows = granularity.rows(most) + granularity.rows(WIDTH);
    mixtures = random(ffns.length, rows * EXPERTS);
    for (int ffn : ffns) {
      mixedGradients.add(Linear.of(random(ffn, WIDTH), random(ffn)));
      mixedGradients.add(Linear.of(random(WIDTH, ffn), random(WIDTH)));
    }
  }

  private Tensor random(long... shape) {
    return torch.randn(shape, options);
  }

  /** Mixed matrices of all architectures, then the gradients of experts and mixtures. */
  List<Tensor> results(Function<List<ExpertMatrix>, Mixer> mixer, boolean overwrite) {
    Tensor[] weightGradients = {fresh(weights[0], overwrite), fresh(weights[1], overwrite)};
    Tensor[] biasGradients = {fresh(biases[0], overwrite), fresh(biases[1], overwrite)};
    Tensor mixtureGradients = torch.zeros_like(mixtures);
    List<Tensor> results = new ArrayList<>();
    List<Mixer> mixers = new ArrayList<>();
    for (int a = 0; a < ffns.length; a++) {
      List<ExpertMatrix> matrices = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int out = i == 0 ? ffns[a] : WIDTH;
        int in = i == 0 ? WIDTH : ffns[a];
        long offset = i * granularity.rows(ffns[0]) * EXPERTS;
        Linear mixed =
            Linear.of(
                torch.empty(new long[] {out, in}, options, null),
                torch.empty(new long[] {out}, options, null));
        matrices.add(
            new ExpertMatrix(
                new MixtureShares(granularity, 0, offset, 0, out, EXPERTS),
                cut(weights[i], out, in),
                biases[i].narrow(1, 0, out),
                cut(weightGradients[i], out, in),
                biasGradients[i].narrow(1, 0, out),
                mixed,
                mixedGradients.get(2 * a + i)));
        results.add(mixed.weight());
        results.add(mixed.bias().get());
      }
      mixers.add(mixer.apply(matrices));
      mixers.get(a).mix(new Tensor[] {mixtures.select(0, a)});
    }
    mixers
        .get(0)
        .mixBackward(mixers, new Tensor[] {mixtures}, new Tensor[] {mixtureGradients}, overwrite);
    results.addAll(List.of(weightGradients));
    results.addAll(List.of(biasGradients));
    results.add(mixtureGradients);
    return results;
  }

  /** What is overwritten may hold anything. */
  private static Tensor fresh(Tensor like, boolean overwrite) {
    return overwrite ? torch.ones_like(like) : torch.zeros_like(like);
  }

  private static Tensor cut(Tensor stack, int out, int in) {
    return stack.narrow(1, 0, out).narrow(2, 0, in);
  }
}
