package mos.train;

import java.util.List;
import mos.data.Batch;
import mos.data.Dictionary;
import mos.model.SuperTransformer;
import mos.model.TrainableWeights;
import mos.model.Transformer;
import mos.nn.DropoutRates;
import mos.nn.LabelSmoothedCrossEntropy;
import mos.nn.TokenRouting;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Padded batches and autograd: what the CPU trains with, and the reference of the other. */
final class PlainEngine implements GradientEngine {
  private final SuperTransformer model;
  private final DropoutRates dropout;
  private final LabelSmoothedCrossEntropy criterion;
  private final Precision precision;
  private final TokenTraining tokenExperts;

  PlainEngine(
      SuperTransformer model, DropoutRates dropout, double labelSmoothing, Precision precision) {
    this(model, dropout, labelSmoothing, precision, TokenTraining.DEFAULT);
  }

  PlainEngine(
      SuperTransformer model,
      DropoutRates dropout,
      double labelSmoothing,
      Precision precision,
      TokenTraining tokenExperts) {
    this.tokenExperts = tokenExperts;
    this.model = model;
    this.dropout = dropout;
    this.criterion = new LabelSmoothedCrossEntropy(labelSmoothing, Dictionary.PAD);
    this.precision = precision;
  }

  @Override
  public Tensor gradients(
      List<SubTransformer> architectures, List<Batch> passes, long[] seeds, double scale) {
    model.parameters().gradients().zero_();
    Tensor sums = torch.zeros(new long[] {2}, Tensors.options(ScalarType.Double, model.device()));
    for (int k = 0; k < seeds.length; k++) {
      accumulate(architectures.get(k), passes, sums, scale, seeds[k]);
    }
    return sums;
  }

  private void accumulate(
      SubTransformer architecture, List<Batch> passes, Tensor sums, double scale, long seed) {
    torch.manual_seed(seed);
    try (Scope scope = Scope.open()) {
      TrainableWeights weights = model.deriveTrainable(architecture, precision);
      TokenRouting routing =
          architecture.tokenRouted() ? new TokenRouting(tokenExperts.capacityFactor()) : null;
      Transformer transformer = new Transformer(weights.weights(), dropout, routing);
      for (Batch pass : passes) {
        try (Scope inner = Scope.open()) {
          TensorBatch batch = TensorBatch.of(pass, model.device());
          Tensor decoded =
              transformer.decode(
                  transformer.encode(batch.source(), batch.sourceMask()), batch.previous());
          Tensor logits = transformer.logits(decoded);
          LabelSmoothedCrossEntropy.Sums loss =
              criterion.sums(logits.view(-1, logits.size(2)), batch.target());
          Tensor minimised = loss.loss();
          if (routing != null) {
            // Gradients are divided by the target tokens, the balancing loss must not be.
            double weight = tokenExperts.balanceWeight() * pass.targetTokens();
            minimised = minimised.add(routing.takeBalanceLoss().mul(new Scalar(weight)));
          }
          (scale == 1 ? minimised : minimised.mul(new Scalar(scale))).backward();
          sums.select(0, 0).add_(loss.loss().detach());
          sums.select(0, 1).add_(loss.negativeLogLikelihood());
        }
      }
      weights.backpropagate();
    }
  }

  @Override
  public void close() {
    // Nothing is kept.
  }
}
