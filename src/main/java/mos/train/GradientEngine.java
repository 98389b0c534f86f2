package mos.train;

import java.util.List;
import mos.data.Batch;
import mos.kernel.TrainingKernels;
import mos.model.SuperTransformer;
import mos.nn.DropoutRates;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import org.bytedeco.pytorch.Tensor;

/** Forward and backward passes of one architecture. */
interface GradientEngine extends AutoCloseable {
  /** The faster one for a model's device. */
  static GradientEngine of(
      SuperTransformer model, DropoutRates dropout, double labelSmoothing, Precision precision) {
    return model.device().is_cpu()
        ? new PlainEngine(model, dropout, labelSmoothing, precision)
        : new PackedEngine(
            model,
            dropout,
            labelSmoothing,
            precision,
            TrainingKernels.of(model.device(), precision.scalarType()));
  }

  /** To be called when the parameters have changed, before the next {@link #accumulate}. */
  void refresh();

  /**
   * Adds to the arena's gradients, the sum over all target tokens times {@code scale}.
   *
   * @param sums (2) float64 on the device: loss and negative log-likelihood are added
   * @param seed of dropout
   */
  void accumulate(
      SubTransformer architecture, List<Batch> passes, Tensor sums, double scale, long seed);

  @Override
  void close();
}
