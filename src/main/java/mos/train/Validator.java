package mos.train;

import java.util.ArrayList;
import java.util.List;
import mos.data.Batch;
import mos.data.BatchOptions;
import mos.data.BatchPlanner;
import mos.data.Dictionary;
import mos.data.EpochPlan;
import mos.data.ParallelCorpus;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.nn.DropoutRates;
import mos.nn.LabelSmoothedCrossEntropy;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/** Measures the loss of SubTransformers on a validation set, whose batches are made once. */
public final class Validator {
  private final List<Batch> batches = new ArrayList<>();
  private final LabelSmoothedCrossEntropy criterion;
  private final Precision precision;
  private final long targetTokens;

  /**
   * @param maxTokens tokens of a batch at most, padding counted
   */
  public Validator(
      ParallelCorpus corpus, int maxTokens, double labelSmoothing, Precision precision) {
    EpochPlan plan = new BatchPlanner(corpus, BatchOptions.ofMaxTokens(maxTokens)).byLength();
    for (int k = 0; k < plan.batches(); k++) {
      batches.add(Batch.of(corpus, plan.batch(k)));
    }
    this.criterion = new LabelSmoothedCrossEntropy(labelSmoothing, Dictionary.PAD);
    this.precision = precision;
    this.targetTokens = batches.stream().mapToLong(Batch::targetTokens).sum();
  }

  /** The loss of one architecture with the weights it inherits from {@code model}. */
  public ValidationLoss loss(SuperTransformer model, SubTransformer architecture) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      Transformer transformer =
          new Transformer(model.derive(architecture, precision), DropoutRates.NONE);
      double[] total = new double[2];
      for (Batch batch : batches) {
        try (Scope inner = Scope.open()) {
          add(total, transformer, TensorBatch.of(batch, model.device()));
        }
      }
      return new ValidationLoss(total[0] / targetTokens, total[1] / targetTokens);
    }
  }

  private void add(double[] total, Transformer transformer, TensorBatch batch) {
    Tensor decoded =
        transformer.decode(
            transformer.encode(batch.source(), batch.sourceMask()), batch.previous());
    Tensor logits = transformer.logits(decoded);
    LabelSmoothedCrossEntropy.Sums sums =
        criterion.sums(logits.view(-1, logits.size(2)), batch.target());
    total[0] += sums.loss().item_double();
    total[1] += sums.negativeLogLikelihood().item_double();
  }
}
