package mos.nn;

import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Cross-entropy against a mixture of the reference token (weight 1 − ε) and the uniform
 * distribution over the vocabulary (weight ε), summed over the tokens that are not padding.
 *
 * <p>Source: Szegedy et al. (2016), section 7; Vaswani et al. (2017), section 5.4.
 *
 * @param epsilon label smoothing, in [0, 1)
 * @param pad the padding symbol, which does not count
 */
public record LabelSmoothedCrossEntropy(double epsilon, int pad) {
  private static final long REDUCE_BY_SUM = 2;

  /**
   * Both sums in nats.
   *
   * @param loss scalar with a graph
   * @param negativeLogLikelihood scalar, the sum without smoothing
   */
  public record Sums(Tensor loss, Tensor negativeLogLikelihood) {}

  /**
   * @param logits (N, V)
   * @param target (N) int64
   */
  public Sums sums(Tensor logits, Tensor target) {
    Tensor logProbabilities =
        torch.log_softmax(logits, -1, new ScalarTypeOptional(ScalarType.Float));
    Tensor likelihood =
        torch.nll_loss(logProbabilities, target, Tensors.none(), REDUCE_BY_SUM, pad);
    if (epsilon == 0) {
      return new Sums(likelihood, likelihood.detach());
    }
    Tensor real = target.ne(new Scalar(pad)).to(ScalarType.Float);
    Tensor uniform = torch.dot(logProbabilities.sum(-1), real);
    double perWord = -epsilon / logits.size(1);
    Tensor loss = likelihood.mul(new Scalar(1 - epsilon)).add(uniform, new Scalar(perWord));
    return new Sums(loss, likelihood.detach());
  }
}
