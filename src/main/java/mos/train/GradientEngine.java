package mos.train;

import java.util.List;
import mos.data.Batch;
import mos.kernel.PackedAttention;
import mos.kernel.TrainingKernels;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** Forward and backward passes of an update. */
interface GradientEngine extends AutoCloseable {
  /**
   * The faster one for a model's device.
   *
   * @param config with distillation the first of several architectures teaches the others
   */
  static GradientEngine of(SuperTransformer model, GradientConfig config) {
    Device device = model.device();
    if (device.is_cpu()) {
      return new PlainEngine(model, config);
    }
    ScalarType type = config.precision().scalarType();
    return new PackedEngine(
        model,
        config,
        TrainingKernels.of(device, type, config.deterministic()),
        PackedAttention.of(device, type, config.deterministic()));
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
