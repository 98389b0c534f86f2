package mos.kernel;

import java.util.Arrays;
import java.util.List;
import mos.nn.Linear;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The operations of a training pass beside matrix products and attention. Returned tensors belong
 * to the innermost open scope.
 */
public interface TrainingKernels {
  /** The fastest ones for tensors of a device and compute type. */
  static TrainingKernels of(Device device, ScalarType type) {
    return of(device, type, false);
  }

  /**
   * @param ordered whether every run must give the same bits
   */
  static TrainingKernels of(Device device, ScalarType type, boolean ordered) {
    if (device.is_cpu()) {
      return new TensorKernels();
    }
    CudaKernels fastest = CudaKernels.of(type);
    return ordered ? new OrderedKernels(fastest, CudaKernels.of(ScalarType.Float)) : fastest;
  }

  /**
   * What {@link #addNorm} leaves.
   *
   * @param output (N, D), the normalised sum
   * @param sum (N, D), the sum before normalisation
   * @param mean (N) float32
   * @param inverseDeviation (N) float32
   */
  record Normed(Tensor output, Tensor sum, Tensor mean, Tensor inverseDeviation) {}

  /**
   * The gradient on both ways through an {@link #addNorm}.
   *
   * @param residual (N, D)
   * @param sublayer (N, D), through the dropout
   */
  record NormGradient(Tensor residual, Tensor sublayer) {}

  /**
   * Scaled token embeddings plus positions, dropped out.
   *
   * @param tokens (N) int32
   * @param positions (N) int32, rows of {@code positionTable}
   * @param table (V, D) of the compute type; scaled by √D
   * @param positionTable (P, D) float32, may be a view of a wider one
   * @return (N, D) of the compute type
   */
  Tensor embed(
      Tensor tokens, Tensor positions, Tensor table, Tensor positionTable, Dropout dropout);

  /**
   * @param gradient (N, D)
   * @param tableGradient (V, D) float32, added to
   */
  void embedBackward(Tensor gradient, Tensor tokens, Tensor tableGradient, Dropout dropout);

  /**
   * Layer norm of {@code residual} + dropout({@code sublayer}), ε = 1e-5.
   *
   * @param residual (N, D)
   * @param sublayer (N, D), may be overwritten
   * @param weight (D) float32
   * @param bias (D) float32
   */
  Normed addNorm(Tensor residual, Tensor sublayer, Tensor weight, Tensor bias, Dropout dropout);

  /**
   * @param gradient (N, D), of the output
   * @param weightGradient (D) float32, added to, like the next two
   * @param linearBiasGradient (D), of the bias of the linear layer that made the sublayer's output
   */
  NormGradient addNormBackward(
      Tensor gradient,
      Normed normed,
      Tensor weight,
      Tensor weightGradient,
      Tensor biasGradient,
      Tensor linearBiasGradient,
      Dropout dropout);

  /**
   * Dropout in place.
   *
   * @param x (N, F)
   */
  void dropout(Tensor x, Dropout dropout);

  /**
   * The backward half of ReLU and dropout after it, in place.
   *
   * @param gradient (N, F), of the output; becomes that of the input
   * @param output (N, F), what came out
   * @param biasGradient (F) float32, of the bias of the linear layer before
   */
  void reluBackward(Tensor gradient, Tensor output, Tensor biasGradient, double dropoutRate);

  /**
   * Puts gradients side by side and adds up their columns.
   *
   * @param parts each (N, Q)
   * @param biasGradient (parts·Q) float32
   * @return (N, parts·Q)
   */
  Tensor join(Tensor[] parts, Tensor biasGradient);

  /**
   * Label-smoothed cross-entropy, summed over tokens, and its gradient.
   *
   * @param logits (N, V); becomes the gradient times {@code scale}
   * @param target (N) int32; negative: the row counts nothing and has no gradient
   * @param sums (2) float64: loss and negative log-likelihood are added; or (N, 2), a row for each
   *     token
   */
  void crossEntropy(Tensor logits, Tensor target, Tensor sums, double smoothing, double scale);

  /**
   * Mixes the experts of all matrices of an architecture.
   *
   * @param matrices at least one, alive as long as the mixer
   */
  Mixer mixer(List<ExpertMatrix> matrices);

  /** See {@link #mixer}. */
  interface Mixer {
    /**
     * W[i, j] = Σ_e R[i, e]·W_e[i, j] and the same for biases, for every matrix; R[i] is the row of
     * output neuron i, see {@link mos.nn.Granularity}.
     *
     * @param mixtures by group, each contiguous float32
     */
    void mix(Tensor[] mixtures);

    /**
     * The backward half of {@link #mix} for several architectures: adds to the gradients of experts
     * and mixtures.
     *
     * @param mixers of all architectures, this one first
     * @param mixtures of all architectures by group: what each had in {@link #mix}, stacked in a
     *     new first dimension
     * @param mixtureGradients of the same shapes
     * @param overwrite whether the experts' gradients are written instead, whatever is there; this
     *     architecture must then use all experts in full
     */
    void mixBackward(
        List<Mixer> mixers, Tensor[] mixtures, Tensor[] mixtureGradients, boolean overwrite);

    /** Architecture {@code a}'s part of stacked mixtures. */
    static Tensor[] of(Tensor[] stacked, int a) {
      return Arrays.stream(stacked).map(t -> t.select(0, a)).toArray(Tensor[]::new);
    }
  }

  /**
   * One matrix mixed from experts.
   *
   * @param shares where its weights over the experts are
   * @param weights (M, out, in) float32, a view, like the next three
   * @param biases (M, out)
   * @param weightGradients (M, out, in)
   * @param biasGradients (M, out)
   * @param mixed (out, in) and (out) of the compute type, written by {@link Mixer#mix}
   * @param mixedGradient the same in float32, read by {@link Mixer#mixBackward}
   */
  record ExpertMatrix(
      MixtureShares shares,
      Tensor weights,
      Tensor biases,
      Tensor weightGradients,
      Tensor biasGradients,
      Linear mixed,
      Linear mixedGradient) {}
}
