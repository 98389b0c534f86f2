package mos.train;

import java.util.Arrays;
import java.util.List;
import mos.base.Seeds;
import mos.data.Batch;
import mos.distributed.Ranks;
import mos.distributed.Shards;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
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
  private final Ranks ranks;
  private final Shards shards;

  UpdateStep(GradientEngine engine, ParameterArena arena, long seed) {
    this(engine, arena, seed, Ranks.single(), Shards.whole(arena.values().numel()));
  }

  /**
   * @param shards what of the gradients' sum this rank needs
   */
  UpdateStep(GradientEngine engine, ParameterArena arena, long seed, Ranks ranks, Shards shards) {
    this.ranks = ranks;
    this.shards = shards;
    this.engine = engine;
    this.arena = arena;
    this.seed = seed;
  }

  /**
   * What an update computed, on the device.
   *
   * @param sums (2) float64: loss and negative log-likelihood of all tokens, in nats; (3) once
   *     reduced: how many ranks were told to end
   * @param gradientNorm () float32, L2, of the arena's gradients as they are; null before the
   *     ranks' gradients are summed
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
    long[] seeds = new long[architectures.size()];
    Arrays.setAll(seeds, k -> Seeds.derive(seed, "dropout", update, k));
    Tensor sums =
        passes.isEmpty()
            ? nothing()
            : engine.gradients(architectures, passes, seeds, tokenSeeds(seeds, update), scale);
    long tokens = passes.stream().mapToLong(Batch::targetTokens).sum() * architectures.size();
    Tensor norm = ranks.isDistributed() ? null : arena.gradients().norm();
    return new Computed(sums, norm, tokens, scale);
  }

  /**
   * Routers are the same on all ranks, so is their dropout; each drops other parts of its tokens.
   */
  private long[] tokenSeeds(long[] seeds, long update) {
    if (ranks.first()) {
      return seeds;
    }
    long[] own = new long[seeds.length];
    Arrays.setAll(own, k -> Seeds.derive(seed, "dropout", update, k, ranks.rank()));
    return own;
  }

  /** An update too small for all ranks leaves some without a share. */
  private Tensor nothing() {
    arena.gradients().zero_();
    return Tensors.zeros(ScalarType.Double, arena.device(), 2);
  }

  /**
   * What all ranks computed together; the arena then has their gradients' sum, in this rank's shard
   * at least. The same on each.
   *
   * @param own of this rank
   * @param targetTokens of the whole update
   * @param stop whether this rank was told to end
   */
  Computed reduce(Computed own, long targetTokens, int architectures, boolean stop) {
    Tensor told = torch.full(new long[] {1}, new Scalar(stop ? 1.0 : 0.0), own.sums().options());
    Tensor sums = torch.cat(new TensorVector(own.sums(), told));
    long tokens = targetTokens * architectures;
    if (shards.isWhole()) {
      ranks.sum(arena.gradients(), sums);
      return new Computed(sums, arena.gradients().norm(), tokens, own.scale());
    }
    shards.sum(arena.gradients());
    Tensor all = torch.cat(new TensorVector(sums, shards.squares(arena.gradients())));
    ranks.sum(all);
    Tensor norm = all.select(0, all.size(0) - 1).sqrt().to(ScalarType.Float);
    return new Computed(all.narrow(0, 0, sums.size(0)), norm, tokens, own.scale());
  }
}
