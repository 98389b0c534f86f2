package mos.train;

import java.util.List;
import mos.base.ConfigurationException;
import mos.data.Batch;
import mos.kernel.PackedAttention;
import mos.kernel.TrainingKernels;
import mos.model.SuperTransformer;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/** Forward and backward passes of an update. */
interface GradientEngine extends AutoCloseable {
  /**
   * The faster one for a model's device; models with token experts are trained by autograd on any.
   *
   * @param distillation how the first of several architectures teaches the others
   * @param deterministic whether equal calls leave equal bits on a GPU too
   * @throws ConfigurationException if {@code deterministic} cannot be had
   */
  static GradientEngine of(
      SuperTransformer model,
      DropoutRates dropout,
      double labelSmoothing,
      Distillation distillation,
      Precision precision,
      TokenTraining tokenExperts,
      boolean deterministic) {
    Device device = model.device();
    if (!device.is_cpu() && !model.config().tokenRouted()) {
      return new PackedEngine(
          model,
          dropout,
          labelSmoothing,
          distillation,
          precision,
          TrainingKernels.of(device, precision.scalarType(), deterministic),
          PackedAttention.of(device, precision.scalarType(), deterministic));
    }
    if (!device.is_cpu() && deterministic) {
      throw new ConfigurationException(
          TrainingSettings.DETERMINISTIC.key()
              + ": got true, but token experts are trained in a fixed order on the CPU only:"
              + " train with --device cpu, or without it");
    }
    return new PlainEngine(model, dropout, labelSmoothing, distillation, precision, tokenExperts);
  }

  /**
   * Leaves in the arena the gradients of all architectures: the sum over their target tokens times
   * {@code scale}.
   *
   * @param architectures each trained on all passes; with distillation the first teaches the others
   * @param seeds of the routers' dropout, one for each architecture
   * @param tokenSeeds of the dropout on tokens, likewise; equal to {@code seeds} in a process alone
   * @param scale of the loss
   * @return (2) float64 on the device, in the innermost scope: sums of loss and negative
   *     log-likelihood
   */
  Tensor gradients(
      List<SubTransformer> architectures,
      List<Batch> passes,
      long[] seeds,
      long[] tokenSeeds,
      double scale);

  /** The same with one seed for both. */
  default Tensor gradients(
      List<SubTransformer> architectures, List<Batch> passes, long[] seeds, double scale) {
    return gradients(architectures, passes, seeds, seeds, scale);
  }

  @Override
  void close();
}
