package mos.model;

import java.util.List;
import mos.nn.Linear;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The hypernetwork that turns an architecture into mixture weights over the experts of one layer.
 *
 * <p>Source: Jawahar et al., Mixture-of-Supernets (2024), sections 3.1 (layer-wise) and 3.2
 * (neuron-wise).
 *
 * @param routing the variant
 * @param linears its Linear layers, cut to the sampled outputs
 * @param experts m
 */
record Router(ExpertRouting routing, List<Linear> linears, int experts) {

  /**
   * The mixture weights.
   *
   * @param features (A)
   * @param training whether hidden units are dropped
   * @return layer-wise (m), neuron-wise (out, m); each row sums to 1
   */
  Tensor weights(Tensor features, boolean training) {
    Tensor hidden = activate(linears.get(0).apply(features), training);
    for (Linear linear : linears.subList(1, linears.size() - 1)) {
      Tensor block = activate(linear.apply(hidden), training);
      hidden = routing.residual() ? hidden.add(block) : block;
    }
    Tensor logits = linears.get(linears.size() - 1).apply(hidden);
    // Row i's logits are entries i·m … i·m + m − 1.
    return routing.granularity() == ExpertRouting.Granularity.LAYER
        ? torch.softmax(logits, 0)
        : torch.softmax(logits.view(-1, experts), 1);
  }

  private Tensor activate(Tensor x, boolean training) {
    Tensor y =
        routing.activation() == ExpertRouting.Activation.GELU ? torch.gelu(x) : torch.relu(x);
    return training && routing.dropout() > 0 ? torch.dropout(y, routing.dropout(), true) : y;
  }

  /**
   * Σ_e R[:, e] · W_e over stacked weights or biases.
   *
   * @param mixture what {@link #weights} returned
   * @param stack (m, out, in) or (m, out)
   * @return (out, in) or (out)
   */
  static Tensor mix(Tensor mixture, Tensor stack) {
    long experts = stack.size(0);
    boolean matrix = stack.dim() == 3;
    Tensor mixed = null;
    for (long e = 0; e < experts; e++) {
      Tensor share = mixture.select(-1, e);
      if (matrix && share.dim() == 1) {
        share = share.unsqueeze(1);
      }
      Tensor expert = stack.select(0, e);
      mixed = mixed == null ? share.mul(expert) : torch.addcmul(mixed, share, expert);
    }
    return mixed;
  }
}
