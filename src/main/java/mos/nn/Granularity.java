package mos.nn;

import java.util.List;
import java.util.OptionalInt;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;

/**
 * What one row of a router's mixture R, (rows, M), weighs: the whole matrix (layer-wise) or one of
 * its output neurons (neuron-wise), a neuron being a row of a matrix (out, in) and its bias. All
 * that depends on it is asked of it: how many numbers a router gives, which router serves a matrix,
 * how R weighs the experts, and how gradients come back to R.
 *
 * <p>Another granularity is one more implementation here, and a name in the router variants.
 *
 * <p>Source: Jawahar et al., Mixture-of-Supernets (2024), sections 3.1 (layer-wise) and 3.2
 * (neuron-wise). Names of routers are those of published checkpoints.
 */
public sealed interface Granularity {
  /** One mixture for all matrices of a module: the FFN or an attention. */
  Granularity LAYER_WISE = new LayerWise();

  /** One mixture for each output neuron of each matrix. */
  Granularity NEURON_WISE = new NeuronWise();

  /** Every granularity. */
  List<Granularity> ALL = List.of(LAYER_WISE, NEURON_WISE);

  /** What the names of its router variants begin with, such as {@code arch}. */
  String prefix();

  /** The row of R that weighs an output neuron, both from 0. */
  long rowOf(long neuron);

  /** The rows of R for the first {@code neurons} output neurons; 0 for none. */
  default long rows(long neurons) {
    return neurons == 0 ? 0 : rowOf(neurons - 1) + 1;
  }

  /**
   * How far the row of R moves from a neuron to the next, where that is the same for all: what a
   * kernel needs to find it. Empty: libtorch's operations mix.
   */
  OptionalInt step();

  /** Whether neurons share a row of R, so that gradients of several are added up in it. */
  default boolean sharesRows() {
    return step().orElse(0) != 1;
  }

  /**
   * The weights of each of some output neurons.
   *
   * @param rows (rows, M), R from the row of {@code neuron} to that of the last, with its graph
   * @param neuron the first one
   * @param neurons how many
   * @return (neurons, M), or (1, M) for all of them
   */
  Tensor ofNeurons(Tensor rows, long neuron, long neurons);

  /**
   * The backward half of {@link #ofNeurons}.
   *
   * @param gradient (neurons, M)
   * @return (rows, M)
   */
  Tensor ofRows(Tensor gradient, long neuron);

  /**
   * What has a router of its own.
   *
   * @param matrix fc1, fc2, self_attn.in_proj, self_attn.out_proj or the same of encoder_attn
   * @return the matrix itself or, for all of a module's, the module: ffn, self_attn or encoder_attn
   */
  String served(String matrix);

  /** Prefix of the parameters of a matrix's router, after the layer's. */
  String router(String matrix);

  /**
   * Whether a router's last Linear is a super layer: cut to the sampled rows, it begins like the
   * model's other matrices and counts among a SubTransformer's parameters, as published.
   */
  boolean lastIsSuperLayer();

  /** See {@link #LAYER_WISE}. */
  record LayerWise() implements Granularity {
    private static String module(String matrix) {
      return matrix.substring(0, matrix.indexOf('.') + 1);
    }

    @Override
    public String prefix() {
      return "arch";
    }

    @Override
    public long rowOf(long neuron) {
      return 0;
    }

    @Override
    public OptionalInt step() {
      return OptionalInt.of(0);
    }

    @Override
    public Tensor ofNeurons(Tensor rows, long neuron, long neurons) {
      return rows;
    }

    @Override
    public Tensor ofRows(Tensor gradient, long neuron) {
      return gradient.sum(new long[] {0}, true, new ScalarTypeOptional());
    }

    @Override
    public String served(String matrix) {
      String module = module(matrix);
      return module.isEmpty() ? "ffn" : module.substring(0, module.length() - 1);
    }

    @Override
    public String router(String matrix) {
      return module(matrix) + "arch_expert.";
    }

    @Override
    public boolean lastIsSuperLayer() {
      return false;
    }
  }

  /** See {@link #NEURON_WISE}. */
  record NeuronWise() implements Granularity {
    @Override
    public String prefix() {
      return "neuron";
    }

    @Override
    public long rowOf(long neuron) {
      return neuron;
    }

    @Override
    public OptionalInt step() {
      return OptionalInt.of(1);
    }

    @Override
    public Tensor ofNeurons(Tensor rows, long neuron, long neurons) {
      return rows;
    }

    @Override
    public Tensor ofRows(Tensor gradient, long neuron) {
      return gradient;
    }

    @Override
    public String served(String matrix) {
      return matrix;
    }

    @Override
    public String router(String matrix) {
      return matrix + "_expert.";
    }

    @Override
    public boolean lastIsSuperLayer() {
      return true;
    }
  }
}
