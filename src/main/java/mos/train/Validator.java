package mos.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import mos.data.Batch;
import mos.data.BatchPlanner;
import mos.data.Dictionary;
import mos.data.EpochPlan;
import mos.data.InvalidSizes;
import mos.data.ParallelCorpus;
import mos.distributed.Ranks;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.nn.DropoutRates;
import mos.nn.LabelSmoothedCrossEntropy;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Measures the loss of SubTransformers on a validation set, whose batches are made once. */
public final class Validator {
  /** Agreeing reads from the device, which waits then. */
  private static final int BATCHES_TO_AGREE_ON_GPU = 32;

  private final List<Batch> batches = new ArrayList<>();
  private final LabelSmoothedCrossEntropy criterion;
  private final Precision precision;
  private final Ranks ranks;
  private final long targetTokens;
  private final InvalidSizes skipped;

  /** Batches that a rank has at most. */
  private final int rounds;

  /**
   * @param maxTokens tokens of a batch at most, padding counted; a larger pair is a batch of its
   *     own
   * @throws mos.base.MosException when the set has no sentences, or none that a model can read
   */
  public Validator(
      ParallelCorpus corpus, int maxTokens, double labelSmoothing, Precision precision) {
    this(corpus, maxTokens, labelSmoothing, precision, Ranks.single());
  }

  /** One of several, each of which takes its share of the batches; all get the whole loss. */
  public Validator(
      ParallelCorpus corpus,
      int maxTokens,
      double labelSmoothing,
      Precision precision,
      Ranks ranks) {
    this.ranks = ranks;
    BatchPlanner planner = BatchPlanner.ofValidation(corpus, maxTokens, ranks.first());
    this.skipped = planner.skipped();
    EpochPlan plan = planner.byLength();
    this.rounds = (plan.batches() + ranks.size() - 1) / ranks.size();
    for (int k = ranks.rank(); k < plan.batches(); k += ranks.size()) {
      batches.add(Batch.of(corpus, plan.batch(k)));
    }
    this.criterion = new LabelSmoothedCrossEntropy(labelSmoothing, Dictionary.PAD);
    this.precision = precision;
    this.targetTokens = (long) ranks.sum(batches.stream().mapToLong(Batch::targetTokens).sum())[0];
  }

  /** The sentence pairs that no model can read, which are not validated. */
  public InvalidSizes skipped() {
    return skipped;
  }

  /** The loss of one architecture with the weights it inherits from {@code model}. */
  public ValidationLoss loss(SuperTransformer model, SubTransformer architecture) {
    return loss(model, architecture, () -> false).orElseThrow();
  }

  /**
   * The same.
   *
   * @param stopped asked between batches, and by several ranks of each other
   * @return empty when it was stopped, on all ranks in the same place
   */
  Optional<ValidationLoss> loss(
      SuperTransformer model, SubTransformer architecture, BooleanSupplier stopped) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      Transformer transformer =
          new Transformer(model.derive(architecture, precision), DropoutRates.NONE);
      // Read once, at the end: the device never waits.
      Tensor total = Tensors.zeros(ScalarType.Double, model.device(), 2);
      for (int round = 0; round < rounds; round++) {
        if (stopped(round, stopped)) {
          return Optional.empty();
        }
        if (round < batches.size()) {
          try (Scope inner = Scope.open()) {
            total.add_(sums(transformer, TensorBatch.of(batches.get(round), model.device())));
          }
        }
      }
      double[] sums = ranks.sum(Tensors.toDoubles(total));
      return Optional.of(new ValidationLoss(sums[0] / targetTokens, sums[1] / targetTokens));
    }
  }

  /** Whether any rank is told to stop. */
  private boolean stopped(int round, BooleanSupplier here) {
    if (!ranks.isDistributed()) {
      return here.getAsBoolean();
    }
    boolean agree = ranks.onCpu() || round % BATCHES_TO_AGREE_ON_GPU == 0;
    return agree && ranks.sum(here.getAsBoolean() ? 1 : 0)[0] > 0;
  }

  /** (2) float64: loss and negative log-likelihood. */
  private Tensor sums(Transformer transformer, TensorBatch batch) {
    Tensor decoded =
        transformer.decode(
            transformer.encode(batch.source(), batch.sourceMask()), batch.previous());
    Tensor logits = transformer.logits(decoded);
    LabelSmoothedCrossEntropy.Sums sums =
        criterion.sums(logits.view(-1, logits.size(2)), batch.target());
    return Tensors.cat(0, sums.loss().view(1), sums.negativeLogLikelihood().view(1))
        .to(ScalarType.Double);
  }
}
