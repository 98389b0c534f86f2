package mos.packed;

import mos.kernel.Dropout;
import mos.kernel.TrainingKernels;
import mos.nn.LayerNorm;
import org.bytedeco.pytorch.Tensor;

/** The frame of a sublayer: dropout, residual connection, layer norm. */
final class ResidualNorm {
  private final TrainingKernels kernels;
  private final LayerNorm norm;
  private final LayerNorm gradients;
  private final Dropout dropout;
  private TrainingKernels.Normed normed;

  ResidualNorm(TrainingKernels kernels, LayerNorm norm, LayerNorm gradients, Dropout dropout) {
    this.kernels = kernels;
    this.norm = norm;
    this.gradients = gradients;
    this.dropout = dropout;
  }

  Tensor forward(Tensor residual, Tensor sublayer) {
    normed = kernels.addNorm(residual, sublayer, norm.weight().get(), norm.bias().get(), dropout);
    return normed.output();
  }

  /**
   * @param linearBiasGradient of the linear layer that made the sublayer's output
   */
  TrainingKernels.NormGradient backward(Tensor gradient, Tensor linearBiasGradient) {
    return kernels.addNormBackward(
        gradient,
        normed,
        norm.weight().get(),
        gradients.weight().get(),
        gradients.bias().get(),
        linearBiasGradient,
        dropout);
  }
}
