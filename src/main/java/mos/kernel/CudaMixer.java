package mos.kernel;

import java.util.List;
import mos.nn.Linear;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Mixes all matrices of an architecture in one launch, from a table of their addresses. */
final class CudaMixer implements TrainingKernels.Mixer {
  /** Mixture tensors that a launch can have. */
  static final int GROUPS = 4;

  private static final int COLUMNS = 16;

  private final Tensor table;
  private final int matrices;
  private final int experts;
  private final long mostRows;
  private final CudaKernel mix;
  private final CudaKernel mixBackward;

  CudaMixer(
      List<TrainingKernels.ExpertMatrix> matrices, CudaKernel mix, CudaKernel mixBackward) {
    this.matrices = matrices.size();
    this.mix = mix;
    this.mixBackward = mixBackward;
    this.experts = (int) matrices.get(0).weights().size(0);
    long[] values = new long[matrices.size() * COLUMNS];
    long most = 0;
    for (int i = 0; i < matrices.size(); i++) {
      long[] row = row(matrices.get(i));
      System.arraycopy(row, 0, values, i * COLUMNS, COLUMNS);
      most = Math.max(most, row[COLUMNS - 2]);
    }
    this.mostRows = most;
    this.table =
        Tensors.of(values, matrices.get(0).weights().device(), matrices.size(), COLUMNS);
  }

  /** As the kernels read it; see training.cu. */
  private static long[] row(TrainingKernels.ExpertMatrix m) {
    return new long[] {
      m.group(),
      m.offset(),
      m.layerWise() ? 0 : m.weights().size(0),
      address(m.weights()),
      m.weights().stride(0),
      m.weights().stride(1),
      address(m.biases()),
      m.biases().stride(0),
      address(m.mixed().weight()),
      bias(m.mixed()),
      address(m.mixedGradient().weight()),
      bias(m.mixedGradient()),
      address(m.weightGradients()),
      address(m.biasGradients()),
      m.weights().size(1),
      m.weights().size(2)
    };
  }

  private static long address(Tensor tensor) {
    return tensor.data_ptr().address();
  }

  private static long bias(Linear linear) {
    return address(linear.bias().get());
  }

  @Override
  public void mix(Tensor[] mixtures) {
    mix.with(table);
    groups(mix, mixtures).with(experts).launch(mostRows, matrices);
  }

  @Override
  public void mixBackward(
      Tensor[] mixtures, Tensor[] mixtureGradients, boolean overwrite) {
    mixBackward.with(table);
    groups(groups(mixBackward, mixtures), mixtureGradients)
        .with(experts)
        .with(overwrite ? 1 : 0)
        .launch(mostRows, matrices);
  }

  private static CudaKernel groups(CudaKernel kernel, Tensor[] tensors) {
    for (int g = 0; g < GROUPS; g++) {
      kernel.with(tensors[Math.min(g, tensors.length - 1)]);
    }
    return kernel;
  }
}
