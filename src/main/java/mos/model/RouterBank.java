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
 * not depend on the others. {@link RouterLayout#shares} says which rows a matrix has.
 */
final class RouterBank {
  private final ModelConfig config;
  private final ParameterArena arena;
  private final boolean trainable;
  private final RouterLayout layout;
  private final List<SubTransformer> architectures;
  private final List<Tensor> roots = new ArrayList<>();
  private final Map<Tensor, Tensor> copies = new IdentityHashMap<>();
  private final List<Tensor> rootGradients = new ArrayList<>();
  private boolean carried;

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
    this.layout = model.routerLayout();
    this.architectures = List.copyOf(architectures);
    Tensor features = features();
    for (RouterLayout.Group group : layout.groups()) {
      roots.add(mixture(group, features, dropout));
    }
  }

  /** (F, A) float32. */
  private Tensor features() {
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
   * The mixtures of one architecture by group, each (R, rows, m) for the R routers of the group,
   * with their graph; each row sums to 1.
   *
   * @throws IllegalArgumentException for an architecture that they were not computed for
   */
  Tensor[] of(SubTransformer architecture) {
    int index = architectures.indexOf(architecture);
    if (index < 0) {
      throw new IllegalArgumentException("no mixtures were computed for " + architecture);
    }
    return roots.stream().map(root -> root.select(0, index)).toArray(Tensor[]::new);
  }

  /** The weights over the experts of a matrix of an architecture, (out, m), or (1, m) for all. */
  Tensor weights(SubTransformer architecture, WeightMatrix matrix) {
    return layout.shares(matrix).of(of(architecture));
  }

  /**
   * All mixtures by group, each (A, R, rows, m) for A architectures and the R routers of the group,
   * contiguous, without their graph.
   */
  Tensor[] stacked() {
    return roots.stream().map(Tensor::detach).toArray(Tensor[]::new);
  }

  /** Where the gradients of {@link #stacked} are to be added, zero at first. */
  Tensor[] gradients() {
    if (rootGradients.isEmpty()) {
      roots.forEach(root -> rootGradients.add(torch.zeros_like(root)));
    }
    return rootGradients.toArray(Tensor[]::new);
  }

  /** Carries {@link #gradients} through the routers into the arena; see the other. */
  void backpropagate() {
    backpropagate(new TensorVector(roots.toArray(Tensor[]::new)), new TensorVector(gradients()));
  }

  /**
   * Carries gradients of what was computed from the mixtures through the routers into the arena.
   *
   * @throws IllegalStateException the second time
   */
  void backpropagate(TensorVector computed, TensorVector gradients) {
    if (carried) {
      throw new IllegalStateException("the routers' gradients are in the arena already");
    }
    carried = true;
    Tensors.backward(computed, gradients);
    copies.forEach(
        (leaf, gradient) -> {
          if (leaf.grad().defined()) {
            gradient.add_(leaf.grad());
          }
        });
  }

  /** (A, R, rows, m) for A architectures and the R routers of a group. */
  private Tensor mixture(RouterLayout.Group group, Tensor features, boolean dropout) {
    ExpertRouting routing = config.experts().variant();
    int last = routing.linears() - 1;
    int routers = group.names().size();
    Tensor input = features.unsqueeze(0).expand(routers, -1, -1);
    Tensor hidden = activate(linear(group, 0, input), dropout);
    for (int l = 1; l < last; l++) {
      Tensor block = activate(linear(group, l, hidden), dropout);
      hidden = routing.residual() ? hidden.add(block) : block;
    }
    // Row i's logits are entries i·m … i·m + m − 1.
    Tensor logits = linear(group, last, hidden).permute(2, 0, 1).contiguous();
    return torch.softmax(logits.view(features.size(1), routers, -1, config.experts().count()), 3);
  }

  /** (R, in, A) → (R, out, A). */
  private Tensor linear(RouterLayout.Group group, int l, Tensor x) {
    Tensor weight = leaf(layout.linear(group, l, "weight"));
    Tensor bias = leaf(layout.linear(group, l, "bias"));
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
