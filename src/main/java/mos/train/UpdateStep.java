package mos.train;

import java.util.List;
import mos.base.Seeds;
import mos.data.Batch;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Forward and backward of one update: leaves the gradient, summed over the target tokens of all
 * passes and architectures, in the model's arena.
 */
final class UpdateStep {
  private final GradientEngine engine;
  private final ParameterArena arena;
  private final long seed;

  UpdateStep(GradientEngine engine, ParameterArena arena, long seed) {
    this.engine = engine;
    this.arena = arena;
    this.seed = seed;
  }

  /**
   * What an update computed, on the device.
   *
   * @param sums (2) float64: loss and negative log-likelihood of all tokens, in nats
   * @param gradientNorm () float32, L2, of the arena's gradients as they are
   * @param tokens target tokens, counted once for each architecture
   * @param scale factor of the gradients
   */
  record Computed(Tensor sums, Tensor gradientNorm, long tokens, double scale) {
    /** What the arena's gradients are to be divided by to be averages. */
    double divisor() {
      return tokens * scale;
    }
  }

  /**
   * @param update from 1; dropout is drawn from it and the seed alone, so that a resumed run is the
   *     same
   * @param scale factor of the gradients, 1 where the compute type has room for small ones
   * @return in the innermost scope
   */
  Computed run(List<SubTransformer> architectures, List<Batch> passes, long update, double scale) {
    arena.gradients().zero_();
    engine.refresh();
    Tensor sums = torch.zeros(new long[] {2}, Tensors.options(ScalarType.Double, arena.device()));
    for (int k = 0; k < architectures.size(); k++) {
      engine.accumulate(
          architectures.get(k), passes, sums, scale, Seeds.derive(seed, "dropout", update, k));
    }
    long tokens = passes.stream().mapToLong(Batch::targetTokens).sum() * architectures.size();
    return new Computed(sums, arena.gradients().norm(), tokens, scale);
  }
}
