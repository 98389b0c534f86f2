package mos.train;

import java.util.List;
import mos.base.Seeds;
import mos.data.Batch;
import mos.data.Dictionary;
import mos.model.SuperTransformer;
import mos.model.TrainableWeights;
import mos.model.Transformer;
import mos.nn.DropoutRates;
import mos.nn.LabelSmoothedCrossEntropy;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Forward and backward of one update: leaves the gradient, averaged over the target tokens of all
 * passes and architectures, in the model's arena.
 */
final class UpdateStep {
  private final SuperTransformer model;
  private final DropoutRates dropout;
  private final LabelSmoothedCrossEntropy criterion;
  private final Precision precision;
  private final long seed;

  UpdateStep(
      SuperTransformer model,
      DropoutRates dropout,
      double labelSmoothing,
      Precision precision,
      long seed) {
    this.model = model;
    this.dropout = dropout;
    this.criterion = new LabelSmoothedCrossEntropy(labelSmoothing, Dictionary.PAD);
    this.precision = precision;
    this.seed = seed;
  }

  /**
   * What an update showed, per target token in nats.
   *
   * @param gradientNorm L2, before clipping
   */
  record Outcome(double loss, double nllLoss, double gradientNorm) {
    boolean finite() {
      return Double.isFinite(loss) && Double.isFinite(gradientNorm);
    }
  }

  /**
   * @param update from 1; dropout is drawn from it and the seed alone, so that a resumed run is the
   *     same
   */
  Outcome run(List<SubTransformer> architectures, List<Batch> passes, long update) {
    Tensor gradients = model.parameters().gradients();
    gradients.zero_();
    double[] sums = new double[2];
    long tokens = 0;
    for (int k = 0; k < architectures.size(); k++) {
      torch.manual_seed(Seeds.derive(seed, "dropout", update, k));
      tokens += accumulate(architectures.get(k), passes, sums);
    }
    gradients.mul_(new Scalar(1.0 / tokens));
    return new Outcome(sums[0] / tokens, sums[1] / tokens, gradients.norm().item_double());
  }

  private long accumulate(SubTransformer architecture, List<Batch> passes, double[] sums) {
    long tokens = 0;
    try (Scope scope = Scope.open()) {
      TrainableWeights weights = model.deriveTrainable(architecture, precision);
      Transformer transformer = new Transformer(weights.weights(), dropout);
      for (Batch pass : passes) {
        try (Scope inner = Scope.open()) {
          TensorBatch batch = TensorBatch.of(pass, model.device());
          Tensor decoded =
              transformer.decode(
                  transformer.encode(batch.source(), batch.sourceMask()), batch.previous());
          Tensor logits = transformer.logits(decoded);
          LabelSmoothedCrossEntropy.Sums loss =
              criterion.sums(logits.view(-1, logits.size(2)), batch.target());
          loss.loss().backward();
          sums[0] += loss.loss().item_double();
          sums[1] += loss.negativeLogLikelihood().item_double();
          tokens += batch.targetTokens();
        }
      }
      weights.backpropagate();
    }
    return tokens;
  }
}
