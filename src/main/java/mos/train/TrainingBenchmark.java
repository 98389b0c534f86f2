package mos.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import mos.data.Batch;
import mos.distributed.Ranks;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.space.SubTransformer;
import mos.tensor.DeviceMemory;
import mos.tensor.Precision;
import org.bytedeco.pytorch.Device;

/**
 * Times whole training updates (forward, backward, optimiser, dropout on) as {@link Trainer} does
 * them.
 *
 * @param updates timed updates, at least 1
 * @param warmUp updates before, which are not timed, at least 1
 * @param tokenExperts how token-routed experts are trained, where the space has any
 */
public record TrainingBenchmark(int updates, int warmUp, TokenTraining tokenExperts) {
  private static final double LABEL_SMOOTHING = 0.1;
  private static final Share NOTHING = new Share(List.of(), 0);
  private static final DropoutRates DROPOUT = new DropoutRates(0.3, 0.1, 0);

  /**
   * What was measured.
   *
   * @param tokensPerSecond target tokens, counted once per update however many architectures it
   *     trains, over all timed updates
   * @param medianMs of an update
   * @param waits share of the time in which the device waited for the next update
   * @param communication share of the time for summing gradients over all ranks, waiting for slower
   *     ones included; 0 in one process
   * @param padding share of padding in the passes as they come; a GPU computes none of it
   * @param deviceBytes memory that the GPU's processes have taken at most; 0 on the CPU
   * @param flops per second that the matrix products of all architectures need, of this rank
   * @param loss per token, of the last update, in nats
   */
  public record Result(
      double tokensPerSecond,
      double medianMs,
      double waits,
      double communication,
      double padding,
      long deviceBytes,
      double flops,
      double loss) {}

  /**
   * One update's work.
   *
   * @param passes of this rank
   * @param targetTokens of all ranks
   */
  public record Share(List<Batch> passes, long targetTokens) {
    public Share {
      passes = List.copyOf(passes);
    }
  }

  /** FLOPs of a forward pass; training takes three times as many. */
  @FunctionalInterface
  public interface Work {
    double flops(SubTransformer architecture, Batch batch);
  }

  /**
   * Trains a fresh model.
   *
   * @param schedule what each update trains, all on the same sentences
   * @param shares of one update after the other
   * @param ranks that share each update
   */
  public Result run(
      ModelConfig config,
      ArchitectureSchedule schedule,
      Supplier<Share> shares,
      Work work,
      Device device,
      Precision precision,
      Ranks ranks) {
    DeviceMemory.release(device);
    try (SuperTransformer model = new SuperTransformer(config, device, true);
        Adam adam =
            new Adam(model.parameters(), AdamConfig.DEFAULT, ranks.shards(model.parameters()));
        GradientEngine engine =
            GradientEngine.of(
                model,
                new GradientConfig(
                    DROPOUT, LABEL_SMOOTHING, Distillation.NONE, tokenExperts, precision, false))) {
      Initialization.initialise(model, 1);
      Updater updater = new Updater(model, engine, adam, 0, 1, true, ranks);
      ranks.barrier();
      return timed(updater, schedule, shares, work, device);
    }
  }

  private Result timed(
      Updater updater,
      ArchitectureSchedule schedule,
      Supplier<Share> shares,
      Work cost,
      Device device) {
    List<Double> ms = new ArrayList<>();
    double idle = 0;
    double communication = 0;
    long tokens = 0;
    long ownTokens = 0;
    long cells = 0;
    double loss = 0;
    double flops = 0;
    PendingOutcome before = null;
    PendingOutcome last = null;
    Share lastWork = NOTHING;
    for (int update = 1; update <= warmUp + updates + 1; update++) {
      boolean more = update <= warmUp + updates;
      Share work = more ? shares.get() : NOTHING;
      PendingOutcome pending =
          more
              ? updater.update(
                  schedule.trained(update), work.passes(), work.targetTokens(), update, 1e-4, 1)
              : null;
      // The one before: while it is waited for, the device has the next.
      if (last != null) {
        loss = last.get().loss();
        if (update > warmUp + 1) {
          ms.add(last.totalMs(before));
          idle += last.idleMs(before);
          communication += last.communicationMs();
          tokens += lastWork.targetTokens();
          for (Batch batch : lastWork.passes()) {
            for (SubTransformer architecture : schedule.trained(update - 1)) {
              flops += 3 * cost.flops(architecture, batch);
            }
            ownTokens += batch.targetTokens();
            cells += (long) batch.size() * batch.target()[0].length;
          }
        }
      }
      if (before != null) {
        before.close();
      }
      before = last;
      last = pending;
      lastWork = work;
    }
    before.close();
    double total = ms.stream().mapToDouble(m -> m).sum();
    double[] sorted = ms.stream().mapToDouble(m -> m).sorted().toArray();
    return new Result(
        tokens / total * 1e3,
        sorted[sorted.length / 2],
        idle / total,
        communication / total,
        1 - ownTokens / (double) cells,
        DeviceMemory.taken(device),
        flops / total * 1e3,
        loss);
  }
}
