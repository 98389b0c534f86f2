package mos.train;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import mos.data.Batch;
import mos.data.Dictionary;
import mos.model.SuperTransformer;
import mos.model.TrainableWeights;
import mos.model.Transformer;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.nn.LabelSmoothedCrossEntropy;
import mos.nn.Teacher;
import mos.nn.TokenRouting;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Padded batches and autograd: what the CPU trains with, and the reference of the other. */
final class PlainEngine implements GradientEngine {
  /** Scores of a student that are in memory at a time. */
  private static final long MAX_STUDENT_LOGITS = 1L << 22;

  private final SuperTransformer model;
  private final DropoutRates dropout;
  private final LabelSmoothedCrossEntropy criterion;
  private final Distillation distillation;
  private final Precision precision;
  private final TokenTraining tokenExperts;

  PlainEngine(SuperTransformer model, GradientConfig config) {
    this.model = model;
    this.dropout = config.dropout();
    this.criterion = new LabelSmoothedCrossEntropy(config.labelSmoothing(), Dictionary.PAD);
    this.distillation = config.distillation();
    this.precision = config.precision();
    this.tokenExperts = config.tokenExperts();
  }

  @Override
  public Tensor gradients(
      List<SubTransformer> architectures,
      List<Batch> passes,
      long[] seeds,
      long[] tokenSeeds,
      double scale) {
    model.parameters().gradients().zero_();
    Tensor sums = Tensors.zeros(ScalarType.Double, model.device(), 2);
    boolean teaching = distillation.active() && seeds.length > 1;
    List<Teacher> teachers = new ArrayList<>();
    try (Scope scope = Scope.open()) {
      for (int k = 0; k < seeds.length; k++) {
        torch.manual_seed(seeds[k]);
        OptionalLong token =
            tokenSeeds[k] == seeds[k] ? OptionalLong.empty() : OptionalLong.of(tokenSeeds[k]);
        boolean first = k == 0;
        accumulate(
            architectures.get(k),
            passes,
            sums,
            scale,
            token,
            first ? List.of() : List.copyOf(teachers),
            teaching && first ? teachers::add : null);
      }
    } finally {
      teachers.forEach(teacher -> teacher.decoded().close());
      teachers.forEach(teacher -> teacher.outputEmbedding().close());
    }
    return sums;
  }

  /**
   * @param tokenSeed where the dropout on tokens does not go on drawing after the routers'
   * @param teachers of the passes; empty for one that learns from the references alone
   * @param taught is given a teacher of every pass; null for one that teaches nobody
   */
  private void accumulate(
      SubTransformer architecture,
      List<Batch> passes,
      Tensor sums,
      double scale,
      OptionalLong tokenSeed,
      List<Teacher> teachers,
      Consumer<Teacher> taught) {
    try (Scope scope = Scope.open()) {
      TrainableWeights weights = model.deriveTrainable(architecture, precision);
      tokenSeed.ifPresent(torch::manual_seed);
      for (int p = 0; p < passes.size(); p++) {
        try (Scope inner = Scope.open()) {
          TokenRouting routing =
              architecture.tokenRouted() ? new TokenRouting(tokenExperts.capacityFactor()) : null;
          Transformer transformer = new Transformer(weights.weights(), dropout, routing);
          TensorBatch batch = TensorBatch.of(passes.get(p), model.device());
          Tensor decoded =
              transformer.decode(
                  transformer.encode(batch.source(), batch.sourceMask()), batch.previous());
          Tensor rows = decoded.view(-1, decoded.size(2));
          Tensor balance = null;
          if (routing != null) {
            // Gradients are divided by the target tokens, the balancing loss must not be.
            double weight = scale * tokenExperts.balanceWeight() * passes.get(p).targetTokens();
            balance = routing.balanceLoss().mul(new Scalar(weight));
          }
          if (!teachers.isEmpty()) {
            taught(transformer, rows, balance, teachers.get(p), batch.target(), sums, scale);
            continue;
          }
          LabelSmoothedCrossEntropy.Sums loss =
              criterion.sums(transformer.logits(rows), batch.target());
          Tensor minimised = scaled(loss.loss(), scale);
          (balance == null ? minimised : minimised.add(balance)).backward();
          sums.select(0, 0).add_(loss.loss().detach());
          sums.select(0, 1).add_(loss.negativeLogLikelihood());
          if (taught != null) {
            taught.accept(
                new Teacher(
                    distillation,
                    Scope.own(rows.detach()),
                    Scope.own(weights.weights().outputEmbedding().detach())));
          }
        }
      }
      weights.backpropagate();
    }
  }

  /**
   * Loss and gradients of a student, its scores made for some tokens at a time.
   *
   * @param balance of its token experts, scaled; null without
   */
  private void taught(
      Transformer transformer,
      Tensor rows,
      Tensor balance,
      Teacher teacher,
      Tensor target,
      Tensor sums,
      double scale) {
    double w = distillation.weight();
    Tensor leaf = rows.detach().requires_grad_(true);
    long chunk = Math.max(1, MAX_STUDENT_LOGITS / teacher.outputEmbedding().size(0));
    for (long start = 0; start < leaf.size(0); start += chunk) {
      try (Scope scope = Scope.open()) {
        long count = Math.min(chunk, leaf.size(0) - start);
        Tensor logits = transformer.logits(leaf.narrow(0, start, count));
        Tensor expected = target.narrow(0, start, count);
        LabelSmoothedCrossEntropy.Sums references = criterion.sums(logits, expected);
        Tensor real = expected.ne(new Scalar(Dictionary.PAD)).to(ScalarType.Float);
        Tensor divergence =
            torch.dot(distillation.divergence(logits, teacher.logits(start, count)), real);
        Tensor loss = references.loss().mul(new Scalar(1 - w)).add(divergence, new Scalar(w));
        scaled(loss, scale).backward();
        sums.select(0, 0).add_(loss.detach());
        sums.select(0, 1).add_(references.negativeLogLikelihood());
      }
    }
    if (balance == null) {
      Tensors.backward(new TensorVector(rows), new TensorVector(leaf.grad()));
    } else {
      Tensors.backward(
          new TensorVector(rows, balance), new TensorVector(leaf.grad(), torch.ones_like(balance)));
    }
  }

  private static Tensor scaled(Tensor loss, double scale) {
    return scale == 1 ? loss : loss.mul(new Scalar(scale));
  }

  @Override
  public void close() {
    // Nothing is kept.
  }
}
