package mos.model;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import mos.space.SubTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * The hypernetworks that turn architectures into mixture weights over the experts of every layer.
 * Routers of equal shapes are computed together, and for all architectures of an update: there are
 * some dozens, each tiny.
 *
 * <p>Source: Jawahar et al., Mixture-of-Supernets (2024), sections 3.1 (layer-wise) and 3.2
 * (neuron-wise). Full-size mixtures are computed; a SubTransformer uses their first rows, which do
 * not depend on the others.
 */
final class RouterBank {
  private final ModelConfig config;
  private final ParameterArena arena;
  private final boolean trainable;
  private final List<ParameterLayout.RouterGroup> groups;
  private final List<Tensor> roots = new ArrayList<>();
  private final Map<Tensor, Tensor> copies = new IdentityHashMap<>();
  private final List<Tensor> rootGradients = new ArrayList<>();

  /**
   * Computes all mixtures.
   *
   * @param architectures what they are for, at least one
   * @param trainable whether gradients are to reach the arena
   * @param dropout whether hidden units are dropped
   */
  RouterBank(
      SuperTransformer model,
      List<SubTransformer> architectures,
      boolean trainable,
      boolean dropout) {
    this.config = model.config();
    this.arena = model.parameters();
    this.trainable = trainable;
    this.groups = model.routerGroups();
    Tensor features = features(architectures);
    for (ParameterLayout.RouterGroup group : groups) {
      roots.add(mixture(group, features, dropout));
    }
  }

  /** (F, A) float32. */
  private Tensor features(List<SubTransformer> architectures) {
    int count = config.featureCount();
    float[] values = new float[count * architectures.size()];
    for (int a = 0; a < architectures.size(); a++) {
      float[] one = config.features(architectures.get(a));
      for (int f = 0; f < count; f++) {
        values[f * architectures.size() + a] = one[f];
      }
    }
    return Tensors.of(values, arena.device(), count, architectures.size());
  }

  /**
   * The mixture of a router: layer-wise (m), neuron-wise (out, m); each row sums to 1. With K token
   * experts, those of one expert after those of another: layer-wise (K, m), neuron-wise (K·out, m).
   */
  Tensor mixture(int architecture, String router) {
    for (int g = 0; g < groups.size(); g++) {
      int index = groups.get(g).names().indexOf(router);
      if (index >= 0) {
        return roots.get(g).select(0, architecture).select(0, index);
      }
    }
    throw new IllegalArgumentException("no router named " + router);
  }

  /**
   * All mixtures by group, each (A, R, m) or (A, R, out, m) for A architectures and the R routers
   * of the group, contiguous, without their graph.
   */
  Tensor[] mixtures() {
    return roots.stream().map(Tensor::detach).toArray(Tensor[]::new);
  }

  /** Where the gradients of {@link #mixtures} are to be added, zero at first. */
  Tensor[] gradients() {
    if (rootGradients.isEmpty()) {
      roots.forEach(root -> rootGradients.add(torch.zeros_like(root)));
    }
    return rootGradients.toArray(Tensor[]::new);
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

  /** (A, R, m) or (A, R, out, m) for A architectures and the R routers of a group. */
  private Tensor mixture(ParameterLayout.RouterGroup group, Tensor features, boolean dropout) {
    ExpertRouting routing = config.experts().variant();
    int last = routing.linears() - 1;
    int routers = group.names().size();
    Tensor input = features.unsqueeze(0).expand(routers, -1, -1);
    Tensor hidden = activate(linear(group, 0, input), dropout);
    for (int l = 1; l < last; l++) {
      Tensor block = activate(linear(group, l, hidden), dropout);
      hidden = routing.residual() ? hidden.add(block) : block;
    }
    Tensor logits = linear(group, last, hidden).permute(2, 0, 1);
    // Row i's logits are entries i·m … i·m + m − 1.
    return routing.granularity() == ExpertRouting.Granularity.LAYER
            && group.outputs() == config.experts().count()
        ? torch.softmax(logits.contiguous(), 2)
        : torch.softmax(logits.reshape(features.size(1), routers, -1, config.experts().count()), 3);
  }

  /** (R, in, A) → (R, out, A). */
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
