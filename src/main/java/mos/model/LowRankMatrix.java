package mos.model;

import mos.kernel.MixtureShares;
import mos.nn.Linear;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A matrix of low-rank experts, W = W_0 + Σ_e diag(R[:, e])·A_e·B_e, with a shared bias. All
 * experts are one product: W_0 + (A ∘ R)·B with the A_e side by side and the B_e below each other.
 * Everything is cut to the sampled sizes first, which gives the same matrix.
 *
 * <p>Source: low-rank differences after Hu et al., LoRA (2022), section 4.1: A begins at zero. Here
 * the differences are routed, as the experts of Mixture-of-Supernets are.
 *
 * @param shares where its weights R over the experts are
 * @param values float32 views of the parameters
 * @param gradients the same of their gradients
 * @param mixed of the compute type, written by {@link #mix}
 * @param mixedGradient float32, read by {@link #mixBackward}
 */
record LowRankMatrix(
    MixtureShares shares, Parts values, Parts gradients, Linear mixed, Linear mixedGradient) {

  /**
   * The parameters of one matrix, or their gradients.
   *
   * @param base W_0, (out, in)
   * @param bias (out)
   * @param left A, (out, M·r)
   * @param right B, (M·r, in)
   */
  record Parts(Tensor base, Tensor bias, Tensor left, Tensor right) {}

  /**
   * The matrix, with its graph if the parts have one.
   *
   * @param mixture (out, M), or (1, M) for all rows
   */
  static Tensor mix(Tensor base, Tensor left, Tensor right, Tensor mixture) {
    return torch.addmm(base, weighted(left, mixture), right);
  }

  /** A ∘ R, (out, M·r). */
  private static Tensor weighted(Tensor left, Tensor mixture) {
    long experts = mixture.size(-1);
    long rank = left.size(1) / experts;
    return left.view(-1, experts, rank).mul(mixture.unsqueeze(-1)).view(-1, experts * rank);
  }

  /**
   * Writes {@link #mixed}.
   *
   * @param mixtures of the architecture, by group
   */
  void mix(Tensor[] mixtures) {
    mixed.weight().copy_(mix(values.base, values.left, values.right, shares.of(mixtures)));
    mixed.bias().get().copy_(values.bias);
  }

  /** Adds to the gradients of parameters and mixtures. */
  void mixBackward(Tensor[] mixtures, Tensor[] mixtureGradients) {
    Tensor mixture = shares.of(mixtures);
    long experts = shares.experts();
    Tensor gradient = mixedGradient.weight();
    gradients.base.add_(gradient);
    gradients.bias.add_(mixedGradient.bias().get());
    gradients.right.add_(torch.mm(weighted(values.left, mixture).t(), gradient));
    long rank = values.left.size(1) / experts;
    Tensor product = torch.mm(gradient, values.right.t()).view(-1, experts, rank);
    gradients.left.view(-1, experts, rank).add_(product.mul(mixture.unsqueeze(-1)));
    Tensor rows = product.mul(values.left.view(-1, experts, rank)).sum(-1);
    shares.addGradient(mixtureGradients, rows);
  }
}
