package mos.model;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import mos.kernel.TrainingKernels;
import mos.space.SubTransformer;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * One update on {@link DirectWeights} of some architectures: begins by taking over the parameters,
 * clearing the gradients and mixing the experts of all of them, ends with {@link #backpropagate}.
 * It lives in the scope in which it was made. Weights are of one update at a time, the last that
 * began with them.
 */
public final class DirectUpdate {
  private final List<DirectWeights> weights;
  private final RouterBank routers;
  private final boolean overwrite;

  /**
   * @param weights of the model, each of another architecture
   */
  DirectUpdate(SuperTransformer model, List<DirectWeights> weights, boolean routerDropout) {
    this.weights = List.copyOf(weights);
    List<SubTransformer> architectures = weights.stream().map(DirectWeights::architecture).toList();
    if (weights.stream().anyMatch(w -> w.model() != model)) {
      throw new IllegalArgumentException("update: got weights of another model");
    }
    if (new HashSet<>(architectures).size() < architectures.size()) {
      throw new IllegalArgumentException("update: got weights of one architecture twice");
    }
    boolean experts = model.config().experts().count() > 1;
    weights.stream().map(DirectWeights::copy).distinct().forEach(ComputeCopy::refresh);
    routers = experts ? model.routers(architectures, true, routerDropout) : null;
    // Gradients that the first one writes need not be zero before.
    overwrite =
        experts
            && model.config().experts().rank() == 0
            && !model.config().tokenRouted()
            && model.usesAllExperts(architectures.get(0));
    try (AutoGradMode off = new AutoGradMode(false)) {
      model.clearGradients(!overwrite);
      Tensor[] mixtures = experts ? routers.stacked() : new Tensor[0];
      for (int a = 0; a < weights.size(); a++) {
        weights.get(a).begin(this, TrainingKernels.Mixer.of(mixtures, a));
      }
    }
  }

  /**
   * Adds the gradients of all mixed weights to the arena, after all passes.
   *
   * @throws IllegalStateException the second time, or when another update has begun with these
   *     weights: what they hold is no longer this one's
   */
  public void backpropagate() {
    weights.forEach(w -> w.end(this));
    if (routers == null) {
      return;
    }
    Tensor[] mixtures = routers.stacked();
    Tensor[] gradients = routers.gradients();
    weights.stream()
        .flatMap(w -> w.mixers().keySet().stream())
        .distinct()
        .sorted()
        .forEach(expert -> mixBackward(expert, mixtures, gradients));
    try (AutoGradMode off = new AutoGradMode(false)) {
      for (int a = 0; a < weights.size(); a++) {
        weights
            .get(a)
            .lowRankBackward(
                TrainingKernels.Mixer.of(mixtures, a), TrainingKernels.Mixer.of(gradients, a));
      }
    }
    routers.backpropagate();
  }

  /** Of every layer's token experts of one number: those of one layer share weight sets. */
  private void mixBackward(int expert, Tensor[] mixtures, Tensor[] gradients) {
    int[] having =
        IntStream.range(0, weights.size())
            .filter(a -> weights.get(a).mixers().containsKey(expert))
            .toArray();
    List<TrainingKernels.Mixer> mixers =
        IntStream.of(having).mapToObj(a -> weights.get(a).mixers().get(expert)).toList();
    if (having.length == weights.size()) {
      mixers.get(0).mixBackward(mixers, mixtures, gradients, overwrite);
      return;
    }
    for (int i = 0; i < having.length; i++) {
      mixers
          .get(i)
          .mixBackward(
              List.of(mixers.get(i)), only(having[i], mixtures), only(having[i], gradients), false);
    }
  }

  /** Stacked mixtures of one architecture. */
  private static Tensor[] only(int a, Tensor[] stacked) {
    return Arrays.stream(stacked).map(t -> t.narrow(0, a, 1)).toArray(Tensor[]::new);
  }
}
