package mos.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Token-routed experts: p = softmax(router(x)) over the experts, and y = Σ p_k·expert_k(x) over the
 * {@code topK} most probable ones. An identity expert returns x.
 *
 * <p>Tokens over an expert's capacity, in training alone, get nothing from it, so that the residual
 * connection passes them on unchanged; what a model translates does so not depend on what else is
 * in the batch.
 *
 * <p>Each expert computes its tokens, see {@link TokenDispatch}. Few tokens on a GPU, as in
 * decoding, are computed by all experts, those not their own with weight zero: nothing then depends
 * on the choice, and a step can be recorded.
 *
 * <p>Source: Fedus et al., Switch Transformers (JMLR 2022), section 2; experts of different sizes:
 * Jawahar et al., AutoMoE (Findings of ACL 2023), section 3.
 *
 * @param router D → n
 * @param experts n of them, at least 2; null is an identity expert
 * @param topK experts that a token goes to, 1..n
 */
public record SwitchFeedForward(Linear router, List<FeedForward> experts, int topK)
    implements PositionWise {
  /** No beam is wider; more tokens are worth waiting for their number. */
  private static final int FEW = 1024;

  public SwitchFeedForward {
    experts = Collections.unmodifiableList(new ArrayList<>(experts));
    if (experts.size() < 2 || topK < 1 || topK > experts.size()) {
      throw new IllegalArgumentException(experts.size() + " experts, " + topK + " of them a token");
    }
  }

  @Override
  public Tensor apply(Tensor x, double activationDropout, TokenRouting routing, Tensor tokens) {
    Tensor rows = x.reshape(-1, x.size(-1));
    Tensor p = torch.softmax(router.apply(rows).to(ScalarType.Float), 1);
    Tensor best = TokenDispatch.best(p, topK);
    Tensor assigned = TokenDispatch.assigned(best, experts.size());
    boolean bounded = false;
    Tensor counted = null;
    if (routing != null) {
      counted = tokens == null ? null : tokens.reshape(-1).to(ScalarType.Float);
      routing.add(balanceLoss(p, assigned, counted));
      bounded = routing.capacityFactor() > 0;
    }
    if (!bounded && !rows.device().is_cpu() && rows.size(0) <= FEW) {
      return masked(rows, p, assigned, activationDropout).view(x.sizes());
    }
    TokenDispatch dispatch =
        bounded
            ? TokenDispatch.bounded(best, assigned, counted, routing.capacityFactor())
            : TokenDispatch.exact(best, assigned);
    Tensor gates = p.gather(1, best);
    gates = bounded ? gates.mul(dispatch.kept()) : gates;
    Tensor computed =
        dispatch.eachExpert(
            dispatch.scatter(rows), (k, mine) -> expert(k, mine, activationDropout));
    return TokenDispatch.combine(dispatch.results(computed), gates.to(x.scalar_type()))
        .view(x.sizes());
  }

  /**
   * n·Σ_k f_k·P_k: f the fraction of assignments, P the mean probability, both over tokens alone.
   */
  private Tensor balanceLoss(Tensor p, Tensor assigned, Tensor counted) {
    Tensor ones = counted == null ? torch.ones_like(p.detach().select(1, 0)) : counted;
    Tensor count = ones.sum().clamp_min(new Scalar(1));
    Tensor fraction = assigned.mul(ones).sum(1).div(count.mul(new Scalar(topK)));
    Tensor probability = p.mul(ones.unsqueeze(1)).sum(0).div(count);
    return fraction.mul(probability).sum().mul(new Scalar(experts.size()));
  }

  /** The sum where every expert computes all tokens. */
  private Tensor masked(Tensor rows, Tensor p, Tensor assigned, double activationDropout) {
    Tensor gates = p.mul(assigned.t()).to(rows.scalar_type());
    Tensor y = null;
    for (int k = 0; k < experts.size(); k++) {
      Tensor out = expert(k, rows, activationDropout);
      Tensor gate = gates.narrow(1, k, 1);
      y = y == null ? out.mul(gate) : torch.addcmul(y, out, gate);
    }
    return y;
  }

  private Tensor expert(int k, Tensor rows, double activationDropout) {
    FeedForward expert = experts.get(k);
    return expert == null ? rows : expert.apply(rows, activationDropout);
  }
}
