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
 * <p>On the CPU each expert computes its tokens; on a GPU, which that would make wait for the
 * number of tokens in every layer, each computes all tokens and those not its own count zero times.
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
    Tensor chosen = chosen(p);
    if (routing != null) {
      Tensor counted =
          tokens == null
              ? torch.ones_like(p.select(1, 0))
              : tokens.reshape(-1).to(ScalarType.Float);
      Tensor assigned = chosen.mul(counted.unsqueeze(1));
      routing.add(balanceLoss(p, assigned, counted));
      if (routing.capacityFactor() > 0) {
        chosen = chosen.mul(withinCapacity(assigned, counted, routing.capacityFactor()));
      }
    }
    Tensor gates = p.mul(chosen).to(x.scalar_type());
    Tensor y =
        rows.device().is_cpu()
            ? gathered(rows, gates, chosen, activationDropout)
            : masked(rows, gates, activationDropout);
    return y.view(x.sizes());
  }

  /** (N, n) → the same with 1 for the experts that each token goes to. */
  private Tensor chosen(Tensor p) {
    Tensor best = torch.topk(p.detach(), topK, 1, true, true).get1();
    return torch.zeros_like(p.detach()).scatter_(1, best, new Scalar(1));
  }

  /**
   * n·Σ_k f_k·P_k: f the fraction of assignments, P the mean probability, both over tokens alone.
   */
  private Tensor balanceLoss(Tensor p, Tensor assigned, Tensor counted) {
    Tensor count = counted.sum().clamp_min(new Scalar(1));
    Tensor fraction = assigned.sum(0).div(count.mul(new Scalar(topK)));
    Tensor probability = p.mul(counted.unsqueeze(1)).sum(0).div(count);
    return fraction.mul(probability).sum().mul(new Scalar(experts.size()));
  }

  /** 1 for the first assignments of each expert, as many as it has room for. */
  private Tensor withinCapacity(Tensor assigned, Tensor counted, double factor) {
    Tensor capacity = counted.sum().mul(new Scalar(factor / experts.size())).ceil();
    return assigned.cumsum(0).le(capacity).to(ScalarType.Float);
  }

  private Tensor gathered(Tensor rows, Tensor gates, Tensor chosen, double activationDropout) {
    Tensor y = torch.zeros_like(rows);
    for (int k = 0; k < experts.size(); k++) {
      Tensor mine = chosen.select(1, k).nonzero().view(-1);
      if (mine.size(0) > 0) {
        Tensor gate = gates.select(1, k).index_select(0, mine).unsqueeze(1);
        Tensor out = expert(k, rows.index_select(0, mine), activationDropout).mul(gate);
        y = y.index_add(0, mine, out);
      }
    }
    return y;
  }

  /** What a GPU computes in evaluation. */
  Tensor masked(Tensor rows, double activationDropout) {
    Tensor p = torch.softmax(router.apply(rows), 1);
    return masked(rows, p.mul(chosen(p)), activationDropout);
  }

  private Tensor masked(Tensor rows, Tensor gates, double activationDropout) {
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
