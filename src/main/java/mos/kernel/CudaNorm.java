package mos.kernel;

import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Layer norms of {@link CudaKernels}: a kernel of each half for every 128 numbers of width. */
final class CudaNorm {
  private static final int MAX_WIDTH = 1024;
  private static final int STEP = 128;

  /** One block a multiprocessor: the fewer blocks, the fewer sums are added up at the end. */
  private static final int THREADS = 512;

  private final CudaKernel[] addNorm = new CudaKernel[MAX_WIDTH / STEP];
  private final CudaKernel[] addNormBackward = new CudaKernel[MAX_WIDTH / STEP];
  private final int processors;

  /**
   * @param processors multiprocessors of the GPU
   */
  CudaNorm(CudaModule module, int processors) {
    this.processors = processors;
    for (int i = 0; i < addNorm.length; i++) {
      addNorm[i] = new CudaKernel(module, "addNorm" + (i + 1), 128);
      addNormBackward[i] = new CudaKernel(module, "addNormBackward" + (i + 1), THREADS);
    }
  }

  /** Whether there are kernels for a width D. */
  static boolean fits(long d) {
    return d % CudaKernels.GROUP == 0 && d <= MAX_WIDTH;
  }

  /** See {@link TrainingKernels#addNorm}. */
  TrainingKernels.Normed addNorm(
      Tensor residual, Tensor sublayer, Tensor weight, Tensor bias, Dropout drop) {
    long n = residual.size(0);
    long d = residual.size(1);
    Tensor out = torch.empty_like(residual);
    Tensor mean = Tensors.empty(ScalarType.Float, residual.device(), n);
    Tensor deviation = torch.empty_like(mean);
    addNorm[(int) CudaKernel.blocks(d, STEP) - 1]
        .call()
        .with(residual)
        .with(sublayer)
        .with(weight)
        .with(bias)
        .with(out)
        .with(mean)
        .with(deviation)
        .with((int) n)
        .with((int) d)
        .with(drop)
        .launch(CudaKernel.blocks(n, 4), 1);
    return new TrainingKernels.Normed(out, sublayer, mean, deviation);
  }

  /** See {@link TrainingKernels#addNormBackward}. */
  TrainingKernels.NormGradient addNormBackward(
      Tensor gradient,
      TrainingKernels.Normed normed,
      Tensor weight,
      Tensor weightGradient,
      Tensor biasGradient,
      Tensor linearBiasGradient,
      Dropout drop) {
    long n = gradient.size(0);
    long d = gradient.size(1);
    Tensor residual = torch.empty_like(gradient);
    Tensor sublayer = torch.empty_like(gradient);
    addNormBackward[(int) CudaKernel.blocks(d, STEP) - 1]
        .call()
        .with(gradient)
        .with(normed.sum())
        .with(normed.mean())
        .with(normed.inverseDeviation())
        .with(weight)
        .with(residual)
        .with(sublayer)
        .with(weightGradient)
        .with(biasGradient)
        .with(linearBiasGradient)
        .with((int) n)
        .with((int) d)
        .with(drop)
        .launch(Math.min(CudaKernel.blocks(n, THREADS / 32), processors), 1);
    return new TrainingKernels.NormGradient(residual, sublayer);
  }
}
