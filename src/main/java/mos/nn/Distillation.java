package mos.nn;

import mos.base.ConfigurationException;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * In-place distillation: the largest SubTransformer of an update teaches the others. With teacher
 * distribution p and student q over the vocabulary, a student minimises, per target token,
 *
 * <pre>(1 − w)·(label-smoothed cross-entropy) + w·D(p ‖ q)</pre>
 *
 * where D is the Kullback-Leibler divergence, or AlphaNet's adaptive α-divergence, the larger of
 * D_α for α = −1 and α = 1,
 *
 * <pre>D_α(p ‖ q) = (E_q[(p/q)^α] − 1) / (α·(α − 1)),  ∇D_α = −E_q[(p/q)^α · ∇log q] / α</pre>
 *
 * with (p/q)^α clipped at β = 5 for α = −1. D_1 is the Kullback-Leibler divergence; its gradient q
 * − p is bounded and needs no clipping. Label smoothing stays in the cross-entropy only: p is not
 * smoothed. No gradient reaches the teacher. With w = 1 students learn from the teacher alone, as
 * published.
 *
 * <p>Source: in-place distillation: Yu and Huang (2019), section 3.2; α-divergence: Wang et al.,
 * AlphaNet (2021), section 3.
 *
 * @param kind which D
 * @param weight w, in [0, 1]
 */
public record Distillation(Kind kind, double weight) {
  /** Each learns from the references alone. */
  public static final Distillation NONE = new Distillation(Kind.NONE, 0);

  /** β: importance weights count no more than this. */
  private static final double MAX_IMPORTANCE = 5;

  /** The divergence between teacher and student. */
  public enum Kind {
    NONE,
    KL,
    ALPHA
  }

  public Distillation {
    if (!(weight >= 0 && weight <= 1)) {
      throw new ConfigurationException("distill-weight: got " + weight + ", must be in 0..1");
    }
  }

  /** Whether it changes anything. */
  public boolean active() {
    return kind != Kind.NONE && weight > 0;
  }

  /**
   * What the distillation of some tokens gives.
   *
   * @param divergence (N) float32, D of each token
   * @param gradient (N, V) float32, of the sum of all D with respect to the student's logits
   */
  public record Slope(Tensor divergence, Tensor gradient) {}

  /**
   * D and its gradient in closed form, without autograd.
   *
   * @param logits (N, V) of the student
   * @param teacher (N, V) logits of the teacher
   */
  public Slope slope(Tensor logits, Tensor teacher) {
    Tensor logQ = logProbabilities(logits);
    Tensor logP = logProbabilities(teacher);
    Tensor q = logQ.exp();
    Tensor p = logP.exp();
    Tensor kl = p.mul(logP.sub(logQ)).sum(-1);
    Tensor gradient = q.sub(p);
    if (kind == Kind.KL) {
      return new Slope(kl, gradient);
    }
    Tensor importance = inverseImportance(logP, logQ);
    Tensor mean = q.mul(importance).sum(-1);
    Tensor reverse = mean.sub(new Scalar(1)).mul(new Scalar(0.5));
    // Of q·importance·log q, with q and importance held: q·(importance − mean).
    Tensor reverseGradient = q.mul(importance.sub(mean.unsqueeze(1)));
    Tensor more = reverse.gt(kl);
    return new Slope(
        torch.where(more, reverse, kl), torch.where(more.unsqueeze(1), reverseGradient, gradient));
  }

  /**
   * D with a graph to the student's logits, for autograd.
   *
   * @param logits (N, V) of the student
   * @param teacher (N, V) logits of the teacher
   * @return (N) float32
   */
  public Tensor divergence(Tensor logits, Tensor teacher) {
    Tensor logQ = logProbabilities(logits);
    Tensor logP = logProbabilities(teacher.detach());
    Tensor kl = logP.exp().mul(logP.sub(logQ)).sum(-1);
    if (kind == Kind.KL) {
      return kl;
    }
    Tensor q = logQ.detach().exp();
    Tensor weights = q.mul(inverseImportance(logP, logQ.detach()));
    Tensor reverse = weights.sum(-1).sub(new Scalar(1)).mul(new Scalar(0.5));
    // −E_q[(p/q)^α · log q] / α with α = −1: its gradient is D's, its value is not.
    Tensor surrogate = weights.mul(logQ).sum(-1);
    Tensor valued = reverse.add(surrogate).sub(surrogate.detach());
    return torch.where(reverse.gt(kl.detach()), valued, kl);
  }

  /** min((p/q)^−1, β). */
  private static Tensor inverseImportance(Tensor logP, Tensor logQ) {
    return logQ.sub(logP).clamp_max(new Scalar(Math.log(MAX_IMPORTANCE))).exp();
  }

  private static Tensor logProbabilities(Tensor logits) {
    return torch.log_softmax(logits, -1, new ScalarTypeOptional(ScalarType.Float));
  }
}
