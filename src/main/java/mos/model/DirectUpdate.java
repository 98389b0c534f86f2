package mos.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import mos.kernel.TrainingKernels;
import mos.space.SubTransformer;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * The architectures of one update with their {@link DirectWeights}: begins by clearing the
 * gradients and mixing the experts of all of them, ends with {@link #backpropagate}. It lives in
 * the scope in which it was made.
 */
public final class DirectUpdate {
  private final List<DirectWeights> weights;
  private final RouterBank routers;
  private final boolean overwrite;

  /**
   * @param architectures distinct
   * @param weights of the same architectures, in the same order
   */
  DirectUpdate(
      SuperTransformer model,
      List<SubTransformer> architectures,
      List<DirectWeights> weights,
      boolean routerDropout) {
    this.weights = List.copyOf(weights);
    boolean experts = model.config().experts().count() > 1;
    routers = experts ? model.routers(architectures, true, routerDropout) : null;
    // Gradients that the first one writes need not be zero before.
    overwrite =
        experts
            && model.config().experts().rank() == 0
            && !model.config().tokenRouted()
            && model.usesAllExperts(architectures.get(0));
    try (AutoGradMode off = new AutoGradMode(false)) {
      model.clearGradients(!overwrite);
      if (experts) {
        Tensor[] mixtures = routers.mixtures();
        for (int a = 0; a < weights.size(); a++) {
          weights.get(a).mix(TrainingKernels.Mixer.of(mixtures, a));
        }
      }
    }
  }

  /** Adds the gradients of all mixed weights to the arena. Call once, after all passes. */
  public void backpropagate() {
    if (routers == null) {
      return;
    }
    Tensor[] mixtures = routers.mixtures();
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
