package mos.model;

/**
 * The weights of one SubTransformer as leaves of the graph: run any number of forward and backward
 * passes on them, then call {@link #backpropagate} once, which carries the accumulated gradients
 * through mixing and routers into the SuperTransformer's arena. Experts are so mixed once per
 * architecture and update, however many passes an update has.
 */
public final class TrainableWeights {
  private final TransformerWeights weights;
  private final Leaves leaves;

  TrainableWeights(TransformerWeights weights, Leaves leaves) {
    this.weights = weights;
    this.leaves = leaves;
  }

  public TransformerWeights weights() {
    return weights;
  }

  /**
   * Adds the gradients to the arena. Call once, in the scope in which these weights were derived.
   */
  public void backpropagate() {
    leaves.backpropagate();
  }
}
