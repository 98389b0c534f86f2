package mos.model;

import java.util.List;
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
    List<TrainingKernels.Mixer> mixers = weights.stream().map(DirectWeights::mixer).toList();
    Tensor[] mixtures = routers.mixtures();
    Tensor[] gradients = routers.gradients();
    if (mixers.get(0) != null) {
      mixers.get(0).mixBackward(mixers, mixtures, gradients, overwrite);
    }
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
}
