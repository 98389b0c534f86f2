package mos.model;

/**
 * The weights of one SubTransformer as leaves of the graph: run any number of forward and backward
 * passes on them, then {@link #backpropagate}, which carries the accumulated gradients through
 * mixing and routers into the SuperTransformer's arena. Experts are so mixed once per architecture
 * and update, however many passes an update has.
 */
public final class TrainableWeights {
  private final TransformerWeights weights;
  private final Leaves leaves;
  private boolean carried;

  TrainableWeights(TransformerWeights weights, Leaves leaves) {
    this.weights = weights;
    this.leaves = leaves;
  }

  /**
   * What passes run on.
   *
   * @throws IllegalStateException after {@link #backpropagate}: gradients of later passes would
   *     reach nothing
   */
  public TransformerWeights weights() {
    if (carried) {
      throw new IllegalStateException("weights after backpropagate: derive them again");
    }
    return weights;
  }

  /**
   * Adds the gradients to the arena, in the scope in which these weights were derived; without any
   * pass they are zero.
   *
   * @throws IllegalStateException the second time: gradients would count twice
   */
  public void backpropagate() {
    carried = true;
    leaves.backpropagate();
  }
}
