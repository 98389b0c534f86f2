package mos.packed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import mos.kernel.Dropout;
import mos.kernel.Products;
import mos.kernel.TrainingKernels;
import mos.nn.FeedForward;
import mos.nn.SwitchFeedForward;
import mos.nn.TokenDispatch;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * See {@link SwitchFeedForward}; A slots hold what the experts compute, see {@link TokenDispatch}.
 */
final class SwitchSublayer implements Sublayer {
  private final SwitchFeedForward weights;
  private final SwitchFeedForward gradients;
  private final List<ExpertPass> passes = new ArrayList<>();
  private final ResidualNorm norm;
  private final SwitchTraining training;
  private Tensor input;
  private Tensor probabilities;
  private Tensor best;
  private Tensor assigned;
  private Tensor gates;
  private List<Tensor> results;
  private TokenDispatch dispatch;

  /**
   * @param activations gives each expert its own dropout
   */
  SwitchSublayer(
      TrainingKernels kernels,
      SwitchFeedForward weights,
      SwitchFeedForward gradients,
      ResidualNorm norm,
      Supplier<Dropout> activations,
      SwitchTraining training) {
    this.weights = weights;
    this.gradients = gradients;
    this.norm = norm;
    this.training = training;
    for (int e = 0; e < weights.experts().size(); e++) {
      FeedForward expert = weights.experts().get(e);
      Dropout activation = activations.get();
      passes.add(
          expert == null
              ? null
              : new ExpertPass(kernels, expert, gradients.experts().get(e), activation));
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    input = x;
    probabilities = torch.softmax(weights.router().apply(x).to(ScalarType.Float), 1);
    best = TokenDispatch.best(probabilities, weights.topK());
    assigned = TokenDispatch.assigned(best, passes.size());
    gates = probabilities.gather(1, best);
    if (training.capacityFactor() > 0) {
      dispatch = TokenDispatch.bounded(best, assigned, null, training.capacityFactor());
      gates.mul_(dispatch.kept());
    } else {
      dispatch = TokenDispatch.exact(best, assigned);
    }
    Tensor computed = eachExpert(dispatch.scatter(x), (e, rows) -> passes.get(e).forward(rows));
    results = dispatch.results(computed);
    return norm.forward(x, TokenDispatch.combine(results, gates.to(x.scalar_type())));
  }

  @Override
  public Tensor backward(Tensor gradient) {
    Tensor none = Tensors.zeros(ScalarType.Float, gradient.device(), gradient.size(1));
    TrainingKernels.NormGradient outer = norm.backward(gradient, none);
    expertsBackward(outer);
    routerBackward(outer);
    return outer.residual();
  }

  private void expertsBackward(TrainingKernels.NormGradient outer) {
    Tensor slotGates =
        torch
            .zeros(new long[] {dispatch.size()}, gates.options())
            .scatter_add_(0, dispatch.slots().reshape(-1), gates.reshape(-1))
            .to(input.scalar_type())
            .unsqueeze(1);
    Tensor ofSlots =
        eachExpert(
            dispatch.scatter(outer.sublayer()).mul_(slotGates),
            (e, rows) -> {
              FeedForward expert = weights.experts().get(e);
              Products.addColumnSums(gradients.experts().get(e).fc2().bias().get(), rows);
              return Products.inputGradient(passes.get(e).backward(rows), expert.fc1());
            });
    for (int j = 0; j < weights.topK(); j++) {
      Tensor mine = dispatch.result(ofSlots, j);
      Tensor kept = kept(j);
      outer.residual().add_(kept == null ? mine : mine.mul_(kept.to(mine.scalar_type())));
    }
  }

  private void routerBackward(TrainingKernels.NormGradient outer) {
    long tokens = input.size(0);
    long experts = passes.size();
    // Of n·Σ_k f_k·P_k: the fractions f are counts and have no gradient.
    double balance = training.balanceWeight() * experts / (tokens * tokens * weights.topK());
    Tensor slope = assigned.sum(1).mul(new Scalar(balance));
    slope = slope.unsqueeze(0).expand(tokens, experts).contiguous();
    for (int j = 0; j < weights.topK(); j++) {
      Tensor product = results.get(j).mul_(outer.sublayer());
      Tensor ofGate = product.sum(new long[] {1}, true, new ScalarTypeOptional(ScalarType.Float));
      Tensor kept = kept(j);
      slope.scatter_add_(1, best.narrow(1, j, 1), kept == null ? ofGate : ofGate.mul_(kept));
    }
    Tensor mean = slope.mul(probabilities).sum(new long[] {1}, true, new ScalarTypeOptional());
    Tensor logits = slope.sub_(mean).mul_(probabilities);
    Products.addColumnSums(gradients.router().bias().get(), logits);
    logits = logits.to(input.scalar_type());
    Products.addWeightGradient(logits, input, gradients.router().weight());
    Products.addInputGradient(outer.residual(), logits, weights.router());
  }

  /** (N, 1), 0 where assignment {@code j} found no room; null: all did. */
  private Tensor kept(int j) {
    return dispatch.kept() == null ? null : dispatch.kept().narrow(1, j, 1);
  }

  /** Identity experts leave their rows as they are. */
  private Tensor eachExpert(Tensor slotRows, TokenDispatch.OfExpert function) {
    return dispatch.eachExpert(
        slotRows, (e, rows) -> passes.get(e) == null ? rows : function.apply(e, rows));
  }
}
