package mos.kernel;

import java.util.List;
import mos.nn.Linear;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/** Mixes all matrices of an architecture in one launch, from a table of their addresses. */
final class CudaMixer implements TrainingKernels.Mixer {
  /** Mixture tensors that a launch can have. */
  static final int GROUPS = 4;

  /** Architectures whose gradients one launch adds up. */
  private static final int TOGETHER = 3;

  private static final int COLUMNS = 16;

  /** The kernels that it launches. */
  record Kernels(CudaKernel mix, CudaKernel mixBackward, CudaKernel mixBackwardTogether) {}

  private final Tensor table;
  private final long[] weights;
  private final int experts;
  private final long mostRows;
  private final Kernels kernels;

  /**
   * Whether the kernels can mix a matrix: rows of whole groups of numbers, and mixtures whose rows
   * follow from the matrix's by one step.
   */
  static boolean fits(TrainingKernels.ExpertMatrix matrix) {
    return matrix.weights().size(2) % CudaKernels.GROUP == 0
        && matrix.shares().group() < GROUPS
        && matrix.shares().granularity().step().isPresent();
  }

  /**
   * @param matrices that fit
   */
  CudaMixer(List<TrainingKernels.ExpertMatrix> matrices, Kernels kernels) {
    this.kernels = kernels;
    this.weights = matrices.stream().mapToLong(m -> address(m.weights())).toArray();
    this.experts = (int) matrices.get(0).weights().size(0);
    long[] values = new long[matrices.size() * COLUMNS];
    long most = 0;
    for (int i = 0; i < matrices.size(); i++) {
      long[] row = row(matrices.get(i));
      System.arraycopy(row, 0, values, i * COLUMNS, COLUMNS);
      most = Math.max(most, row[COLUMNS - 2]);
    }
    this.mostRows = most;
    this.table = Tensors.of(values, matrices.get(0).weights().device(), matrices.size(), COLUMNS);
  }

  /** As the kernels read it; see training.cu. */
  private static long[] row(TrainingKernels.ExpertMatrix m) {
    return new long[] {
      m.shares().group(),
      m.shares().offset(),
      m.shares().granularity().step().getAsInt() * m.weights().size(0),
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
    groups(kernels.mix().call().with(table), mixtures)
        .with(experts)
        .launch(mostRows, weights.length);
  }

  @Override
  public void mixBackward(
      List<TrainingKernels.Mixer> mixers,
      Tensor[] mixtures,
      Tensor[] mixtureGradients,
      boolean overwrite) {
    if (overwrite && mixers.size() <= TOGETHER) {
      together(mixers, mixtures, mixtureGradients);
      return;
    }
    for (int a = 0; a < mixers.size(); a++) {
      ((CudaMixer) mixers.get(a))
          .alone(
              TrainingKernels.Mixer.of(mixtures, a),
              TrainingKernels.Mixer.of(mixtureGradients, a),
              overwrite && a == 0);
    }
  }

  private void alone(Tensor[] mixtures, Tensor[] mixtureGradients, boolean overwrite) {
    CudaKernel.Call call = kernels.mixBackward().call().with(table);
    groups(groups(call, mixtures), mixtureGradients)
        .with(experts)
        .with(overwrite ? 1 : 0)
        .launch(mostRows, weights.length);
  }

  /** Experts are read and their gradients written once for all architectures. */
  private void together(
      List<TrainingKernels.Mixer> mixers, Tensor[] mixtures, Tensor[] mixtureGradients) {
    long[] links = new long[weights.length * TOGETHER];
    for (int a = 0; a < mixers.size(); a++) {
      CudaMixer mixer = (CudaMixer) mixers.get(a);
      for (int i = 0; i < weights.length; i++) {
        links[i * TOGETHER + a] = mixer.rowOf(weights[i]);
      }
    }
    Tensor linkTable = Tensors.of(links, table.device(), weights.length, TOGETHER);
    CudaKernel.Call call = kernels.mixBackwardTogether().call().with(linkTable);
    groups(groups(call, mixtures), mixtureGradients);
    for (int g = 0; g < GROUPS; g++) {
      call.with(mixtures[Math.min(g, mixtures.length - 1)].stride(0));
    }
    call.with(experts).launch(mostRows, weights.length);
  }

  /** The address of the table's row for the matrix with these experts, 0 when there is none. */
  private long rowOf(long expertWeights) {
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] == expertWeights) {
        return address(table) + 8L * COLUMNS * i;
      }
    }
    return 0;
  }

  private static CudaKernel.Call groups(CudaKernel.Call call, Tensor[] tensors) {
    for (int g = 0; g < GROUPS; g++) {
      call.with(tensors[Math.min(g, tensors.length - 1)]);
    }
    return call;
  }
}
