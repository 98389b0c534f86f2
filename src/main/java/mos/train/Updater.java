package mos.train;

import java.util.ArrayList;
import java.util.List;
import mos.base.StopSignal;
import mos.data.Batch;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.DeviceEvent;
import mos.tensor.DeviceMemory;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whole updates: passes, clipping, optimiser. Nothing is read back from the device here, so the
 * next update can be given to it while it computes. When memory runs out, the passes are halved and
 * the update is repeated; parameters change only after its last pass.
 */
final class Updater {
  private static final Logger LOG = LoggerFactory.getLogger(Updater.class);

  private final SuperTransformer model;
  private final Ranks ranks;
  private final UpdateStep step;
  private final Adam adam;
  private final double clipNorm;
  private final boolean dividing;
  private int maxSentences = Integer.MAX_VALUE;

  /**
   * @param clipNorm gradient norm above which gradients are scaled down, 0 never
   */
  Updater(SuperTransformer model, GradientEngine engine, Adam adam, double clipNorm, long seed) {
    this(model, engine, adam, clipNorm, seed, true, Ranks.single());
  }

  /**
   * One of several that share every update.
   *
   * @param dividing whether passes are halved when memory runs out; sums are then rounded
   *     differently
   */
  Updater(
      SuperTransformer model,
      GradientEngine engine,
      Adam adam,
      double clipNorm,
      long seed,
      boolean dividing,
      Ranks ranks) {
    this.dividing = dividing;
    this.model = model;
    this.ranks = ranks;
    this.step = new UpdateStep(engine, model.parameters(), seed, ranks, adam.shards());
    this.adam = adam;
    this.clipNorm = clipNorm;
  }

  /**
   * Gives one update to the device.
   *
   * @param update from 1
   * @param scale of the loss, see {@link LossScale}
   */
  PendingOutcome update(
      List<SubTransformer> architectures,
      List<Batch> passes,
      long update,
      double rate,
      double scale) {
    long tokens = passes.stream().mapToLong(Batch::targetTokens).sum();
    return update(architectures, passes, tokens, update, rate, scale);
  }

  /**
   * The same with this rank's share of the passes.
   *
   * @param targetTokens of the whole update
   */
  PendingOutcome update(
      List<SubTransformer> architectures,
      List<Batch> passes,
      long targetTokens,
      long update,
      double rate,
      double scale) {
    DeviceEvent start = DeviceEvent.of(model.device());
    start.record();
    try (Scope scope = Scope.open()) {
      UpdateStep.Computed computed = fitting(architectures, passes, update, scale);
      DeviceEvent alone = null;
      DeviceEvent together = null;
      if (ranks.isDistributed()) {
        alone = DeviceEvent.of(model.device());
        alone.record();
        computed =
            step.reduce(computed, targetTokens, architectures.size(), StopSignal.requested());
        together = DeviceEvent.of(model.device());
        together.record();
      }
      Tensor norm = computed.gradientNorm();
      Tensor unusable =
          norm.add(computed.sums().narrow(0, 0, 2).sum())
              .isfinite()
              .logical_not()
              .to(ScalarType.Float);
      adam.step(rate, update, divisor(computed), unusable);
      DeviceEvent stepped = null;
      if (!adam.shards().isWhole()) {
        stepped = DeviceEvent.of(model.device());
        stepped.record();
        adam.shards().gather(model.parameters().values());
      }
      return new PendingOutcome(computed, model.device(), ranks, start, alone, together, stepped);
    }
  }

  /** What gradients are divided by to be averages, and no longer than the norm allowed. */
  private Tensor divisor(UpdateStep.Computed computed) {
    double divisor = computed.divisor();
    if (clipNorm <= 0) {
      return torch.full(new long[] {}, new Scalar(divisor), computed.gradientNorm().options());
    }
    return computed.gradientNorm().div(new Scalar(clipNorm)).clamp_min(new Scalar(divisor));
  }

  private UpdateStep.Computed fitting(
      List<SubTransformer> architectures, List<Batch> passes, long update, double scale) {
    while (true) {
      List<Batch> parts = split(passes);
      try {
        return step.run(architectures, parts, update, scale);
      } catch (RuntimeException e) {
        int largest = parts.stream().mapToInt(Batch::size).max().orElse(1);
        if (!DeviceMemory.isExhausted(e) || largest == 1 || !dividing) {
          throw e;
        }
        maxSentences = (largest + 1) / 2;
        DeviceMemory.release(model.device());
        LOG.warn(
            "out of memory in update {} with {} sentences in a pass: repeated with {}",
            update,
            largest,
            maxSentences);
      }
    }
  }

  private List<Batch> split(List<Batch> passes) {
    List<Batch> parts = new ArrayList<>();
    for (Batch pass : passes) {
      if (pass.size() <= maxSentences) {
        parts.add(pass);
        continue;
      }
      for (int start = 0; start < pass.size(); start += maxSentences) {
        parts.add(pass.part(start, Math.min(pass.size(), start + maxSentences)));
      }
    }
    return parts;
  }
}
