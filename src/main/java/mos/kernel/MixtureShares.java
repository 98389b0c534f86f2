package mos.kernel;

import mos.nn.Granularity;
import org.bytedeco.pytorch.Tensor;

/**
 * Where the weights over the experts of one matrix are in the mixtures of an architecture: the rows
 * of R that its output neurons have.
 *
 * @param granularity what a row weighs
 * @param group which mixture tensor the rows are in
 * @param offset numbers in it before the first row
 * @param neuron the matrix's first output neuron, in the parameter that it is cut from
 * @param neurons its output neurons
 * @param experts M
 */
public record MixtureShares(
    Granularity granularity, int group, long offset, long neuron, long neurons, long experts) {

  /**
   * The rows.
   *
   * @param mixtures of the architecture by group, or their gradients, each contiguous float32
   * @return (rows, M), a view
   */
  public Tensor rows(Tensor[] mixtures) {
    long rows = granularity.rowOf(neuron + neurons - 1) - granularity.rowOf(neuron) + 1;
    return mixtures[group].view(-1).narrow(0, offset, rows * experts).view(rows, experts);
  }

  /**
   * The weights of the matrix's output neurons, with the graph of the mixtures.
   *
   * @param mixtures of the architecture by group, each contiguous float32
   * @return (neurons, M), or (1, M) for all neurons
   */
  public Tensor of(Tensor[] mixtures) {
    return granularity.ofNeurons(rows(mixtures), neuron, neurons);
  }

  /**
   * Adds to the gradients of the mixtures.
   *
   * @param gradients as the mixtures
   * @param ofNeurons (neurons, M), of each neuron's weights
   */
  public void addGradient(Tensor[] gradients, Tensor ofNeurons) {
    rows(gradients).add_(granularity.ofRows(ofNeurons, neuron));
  }
}
