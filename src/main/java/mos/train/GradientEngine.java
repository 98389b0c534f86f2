package mos.train;

import java.util.List;
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
   * The faster one for a model's device.
   *
   * @param distillation how the first of several architectures teaches the others
   * @param deterministic whether equal calls leave equal bits on a GPU too
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
    return device.is_cpu()
        ? new PlainEngine(model, dropout, labelSmoothing, distillation, precision, tokenExperts)
        : new PackedEngine(
            model,
            dropout,
            labelSmoothing,
            distillation,
            precision,
            tokenExperts,
            TrainingKernels.of(device, precision.scalarType(), deterministic),
            PackedAttention.of(device, precision.scalarType(), deterministic));
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
