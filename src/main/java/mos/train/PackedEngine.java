package mos.train;

import java.util.List;
import mos.data.Batch;
import mos.data.PackedBatch;
import mos.kernel.PackedAttention;
import mos.kernel.TrainingKernels;
import mos.model.ComputeCopy;
import mos.model.DirectWeights;
import mos.model.SuperTransformer;
import mos.nn.DropoutRates;
import mos.packed.PackedPass;
import mos.packed.PackedTensors;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Packed sentences and gradients without autograd: what GPUs train with. */
final class PackedEngine implements GradientEngine {
  private final SuperTransformer model;
  private final DropoutRates dropout;
  private final double labelSmoothing;
  private final TrainingKernels kernels;
  private final PackedAttention attention;
  private final ComputeCopy copy;

  PackedEngine(
      SuperTransformer model,
      DropoutRates dropout,
      double labelSmoothing,
      Precision precision,
      TrainingKernels kernels) {
    this.model = model;
    this.dropout = dropout;
    this.labelSmoothing = labelSmoothing;
    this.kernels = kernels;
    this.attention = PackedAttention.of(model.device(), precision.scalarType());
    this.copy = new ComputeCopy(model, precision);
  }

  @Override
  public void refresh() {
    copy.refresh();
  }

  @Override
  public void accumulate(
      SubTransformer architecture, List<Batch> passes, Tensor sums, double scale, long seed) {
    torch.manual_seed(seed);
    try (Scope scope = Scope.open()) {
      DirectWeights weights = model.deriveDirect(architecture, copy, kernels, true);
      long passSeed = seed;
      for (Batch pass : passes) {
        try (Scope inner = Scope.open();
            AutoGradMode off = new AutoGradMode(false)) {
          PackedTensors batch = PackedTensors.of(PackedBatch.of(pass), model.device());
          PackedPass run =
              new PackedPass(
                  kernels,
                  attention,
                  weights.weights(),
                  weights.gradients(),
                  dropout,
                  batch,
                  passSeed++);
          run.encode();
          run.backward(run.loss(run.decode(), sums, labelSmoothing, scale));
        }
      }
      weights.backpropagate();
    }
  }

  @Override
  public void close() {
    copy.close();
  }
}
