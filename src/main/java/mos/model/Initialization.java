package mos.model;

import mos.base.Seeds;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Random initial parameters: embeddings N(0, E^-0.5) with a zero padding row, Xavier uniform
 * matrices, zero biases, unit norms; inner router layers U(−1/√in, 1/√in) for weights and biases;
 * low-rank differences begin at zero.
 *
 * <p>Source: Glorot and Bengio (2010); mos.md of the reference implementation's behaviour, as
 * described in HAT and MoS; each parameter has a seed of its own, so that the values of one do not
 * depend on which others exist.
 */
public final class Initialization {
  /** The padding symbol's number in every dictionary. */
  static final int PAD = 1;

  private Initialization() {}

  /** Fills all parameters of {@code model}. */
  public static void initialise(SuperTransformer model, long seed) {
    ParameterArena arena = model.parameters();
    for (String name : arena.names()) {
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false)) {
        torch.manual_seed(Seeds.derive(seed, name));
        Tensor host = Tensors.zeros(ScalarType.Float, Tensors.cpu(), arena.shape(name));
        fill(name, host, model.config());
        arena.value(name).copy_(host);
      }
    }
  }

  private static void fill(String name, Tensor tensor, ModelConfig config) {
    if (name.endsWith("embed_tokens.weight") || name.endsWith("embed_out")) {
      tensor.normal_(0, Math.pow(tensor.size(1), -0.5), new GeneratorOptional());
      if (name.endsWith("embed_tokens.weight")) {
        tensor.select(0, PAD).zero_();
      }
    } else if (isInnerRouterLayer(name, config)) {
      double bound = 1 / Math.sqrt(routerInputs(name, config));
      tensor.uniform_(-bound, bound, new GeneratorOptional());
    } else if (name.endsWith("_low_rank_a")) {
      return; // The differences begin at zero.
    } else if (tensor.dim() == 2) {
      double bound = Math.sqrt(6.0 / (tensor.size(0) + tensor.size(1)));
      tensor.uniform_(-bound, bound, new GeneratorOptional());
    } else if (name.endsWith("norm.weight")) {
      tensor.fill_(new Scalar(1));
    }
  }

  /** All router layers but a last one that is a super layer like the rest of the model. */
  private static boolean isInnerRouterLayer(String name, ModelConfig config) {
    if (!name.contains("_expert.")) {
      return false;
    }
    ExpertRouting routing = config.experts().variant();
    String last = "_expert." + routing.sequenceIndex(routing.linears() - 1) + ".";
    return !routing.granularity().lastIsSuperLayer() || !name.contains(last);
  }

  private static int routerInputs(String name, ModelConfig config) {
    return name.contains("_expert.0.")
        ? config.featureCount()
        : config.experts().hypernetHiddenSize();
  }
}
