package mos.train;

import java.util.Map;
import mos.data.Sampling;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.tensor.Precision;

/**
 * How a model is trained.
 *
 * @param update what an update is made of
 * @param learningRate its schedule, which also says how many updates there are
 * @param gradients how they are computed
 * @param adam what the optimiser does with them
 * @param clipNorm gradient norm above which gradients are scaled down, 0 never
 * @param intervals when to validate and save
 * @param bpeDropout probability, below 1, with which a merge of BPE is left out wherever it would
 *     be made in the training set, anew in each epoch; 0: words stay as they were split
 * @param seed of everything random
 * @param sampling which sentence pairs an epoch has, and how many are shuffled together
 */
public record TrainingConfig(
    UpdateSize update,
    LearningRate learningRate,
    GradientConfig gradients,
    AdamConfig adam,
    double clipNorm,
    Intervals intervals,
    double bpeDropout,
    long seed,
    Sampling sampling) {

  /** Every pair once an epoch. */
  public TrainingConfig(
      UpdateSize update,
      LearningRate learningRate,
      GradientConfig gradients,
      AdamConfig adam,
      double clipNorm,
      Intervals intervals,
      double bpeDropout,
      long seed) {
    this(
        update,
        learningRate,
        gradients,
        adam,
        clipNorm,
        intervals,
        bpeDropout,
        seed,
        Sampling.PLAIN);
  }

  /**
   * What an update is made of.
   *
   * @param maxTokens tokens of a micro-batch at most, padding counted
   * @param tokensPerPass tokens of one forward pass at most; micro-batches of an update are merged
   *     up to it; 0 leaves it to {@link PassSize}
   * @param microBatches of an update
   * @param together whether all processes share these micro-batches; else each has as many
   */
  public record UpdateSize(int maxTokens, int tokensPerPass, int microBatches, boolean together) {

    /** Micro-batches of an update in all of {@code processes}. */
    public int inAll(int processes) {
      return together ? microBatches : Math.multiplyExact(microBatches, processes);
    }

    /** The most micro-batches that one of {@code processes} has of an update. */
    int ofOne(int processes) {
      return together ? (microBatches + processes - 1) / processes : microBatches;
    }
  }

  /** Updates in all. */
  public int maxUpdates() {
    return learningRate.maxUpdates();
  }

  /** The same in another precision. */
  public TrainingConfig with(Precision precision) {
    return new TrainingConfig(
        update,
        learningRate,
        gradients.with(precision),
        adam,
        clipNorm,
        intervals,
        bpeDropout,
        seed,
        sampling);
  }

  /**
   * Settings as a checkpoint tells them: with the micro-batches of all processes, so that another
   * number of them can continue it, and with what decides whether it may be continued.
   *
   * @param settings that were given, by key
   */
  public Map<String, Object> told(Map<String, Object> settings, int processes) {
    return ResumeCheck.told(this, settings, processes);
  }

  /**
   * A training with the sizes that HAT publishes for its WMT tasks, but for its length: cosine
   * learning rate up to 1e-3 after a tenth of the updates, dropout 0.3, label smoothing 0.1.
   *
   * @param updates at least 1
   * @param maxTokens target tokens of an update, padding counted
   * @param precision of forward and backward passes
   */
  public static TrainingConfig hat(int updates, int maxTokens, Precision precision, long seed) {
    return new TrainingConfig(
        new UpdateSize(maxTokens, maxTokens, 1, false),
        new LearningRate(LearningRate.Decay.COSINE, updates / 10, updates, 1e-7, 1e-3, 1e-7),
        new GradientConfig(
            new DropoutRates(0.3, 0.1, 0),
            0.1,
            Distillation.NONE,
            TokenTraining.DEFAULT,
            precision,
            false),
        AdamConfig.DEFAULT,
        0,
        new Intervals(1, 0, 1000, 20),
        0,
        seed);
  }
}
