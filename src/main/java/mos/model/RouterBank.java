package mos.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import mos.tensor.ParameterArena;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The hypernetworks that turn an architecture into mixture weights over the experts of every layer.
 * Routers of equal shapes are computed together: an update has some dozens of them, each tiny.
 *
 * <p>Source: Jawahar et al., Mixture-of-Supernets (2024), sections 3.1 (layer-wise) and 3.2
 * (neuron-wise). Full-size mixtures are computed; a SubTransformer uses their first rows, which do
 * not depend on the others.
 */
final class RouterBank {
  private final ModelConfig config;
  private final ParameterArena arena;
  private final boolean trainable;
  private final Map<String, Tensor> mixtures = new HashMap<>();
  private final Map<String, Tensor> gradients = new HashMap<>();
  private final List<Tensor> roots = new ArrayList<>();
  private final Map<Tensor, Tensor> copies = new IdentityHashMap<>();
  private final List<Tensor> rootGradients = new ArrayList<>();

  /**
   * Computes all mixtures.
   *
   * @param features (A) float32, the architecture
   * @param trainable whether gradients are to reach the arena
   * @param dropout whether hidden units are dropped
   */
  RouterBank(
      ModelConfig config,
      ParameterArena arena,
      Tensor features,
      boolean trainable,
      boolean dropout) {
    this.config = config;
    this.arena = arena;
    this.trainable = trainable;
    for (ParameterLayout.RouterGroup group : ParameterLayout.routerGroups(config)) {
      Tensor mixture = mixture(group, features, dropout);
      roots.add(mixture);
      for (int i = 0; i < group.names().size(); i++) {
        mixtures.put(group.names().get(i), mixture.select(0, i));
      }
    }
  }

  /** The mixture of a router: layer-wise (m), neuron-wise (out, m); each row sums to 1. */
  Tensor mixture(String router) {
    return mixtures.get(router);
  }

  /** Makes room for gradients of the mixtures, all zero. */
  void zeroGradients() {
    int root = 0;
    for (ParameterLayout.RouterGroup group : ParameterLayout.routerGroups(config)) {
      Tensor gradient = torch.zeros_like(roots.get(root++));
      rootGradients.add(gradient);
      for (int i = 0; i < group.names().size(); i++) {
        gradients.put(group.names().get(i), gradient.select(0, i));
      }
    }
  }

  /** Where the gradient of {@link #mixture} is to be added, of the same shape. */
  Tensor gradient(String router) {
    return gradients.get(router);
  }

  /** Carries the gradients through the routers into the arena. */
  void backpropagate() {
    Tensors.backward(
        new TensorVector(roots.toArray(Tensor[]::new)),
        new TensorVector(rootGradients.toArray(Tensor[]::new)));
    addCopies();
  }

  /** Moves gradients that are not in the arena yet there; call after a backward pass. */
  void addCopies() {
    copies.forEach(
        (leaf, gradient) -> {
          if (leaf.grad().defined()) {
            gradient.add_(leaf.grad());
          }
        });
  }

  /** (R, m) or (R, out, m) for the R routers of a group. */
  private Tensor mixture(ParameterLayout.RouterGroup group, Tensor features, boolean dropout) {
    ExpertRouting routing = config.experts().variant();
    int last = routing.linears() - 1;
    Tensor input = features.unsqueeze(0).expand(group.names().size(), -1).unsqueeze(2);
    Tensor hidden = activate(linear(group, 0, input), dropout);
    for (int l = 1; l < last; l++) {
      Tensor block = activate(linear(group, l, hidden), dropout);
      hidden = routing.residual() ? hidden.add(block) : block;
    }
    Tensor logits = linear(group, last, hidden).squeeze(2);
    // Row i's logits are entries i·m … i·m + m − 1.
    return routing.granularity() == ExpertRouting.Granularity.LAYER
        ? torch.softmax(logits, 1)
        : torch.softmax(logits.view(group.names().size(), -1, config.experts().count()), 2);
  }

  /** (R, in, 1) → (R, out, 1). */
  private Tensor linear(ParameterLayout.RouterGroup group, int l, Tensor x) {
    ExpertRouting routing = config.experts().variant();
    Tensor weight = leaf(ParameterLayout.routerLayer(routing, group, l, "weight"));
    Tensor bias = leaf(ParameterLayout.routerLayer(routing, group, l, "bias"));
    return torch.baddbmm(bias.unsqueeze(2), weight, x);
  }

  private Tensor leaf(List<String> names) {
    Tensor leaf = arena.stackedValue(names).detach();
    if (trainable) {
      leaf.requires_grad_(true);
      Tensor gradient = arena.stackedGradient(names);
      if (gradient.is_contiguous()) {
        leaf.mutable_grad().put(gradient);
      } else {
        copies.put(leaf, gradient);
      }
    }
    return leaf;
  }

  private Tensor activate(Tensor x, boolean dropout) {
    ExpertRouting routing = config.experts().variant();
    Tensor y =
        routing.activation() == ExpertRouting.Activation.GELU ? torch.gelu(x) : torch.relu(x);
    return dropout && routing.dropout() > 0 ? torch.dropout(y, routing.dropout(), true) : y;
  }
}
