package mos.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import mos.base.MosException;
import mos.kernel.StepKernels;
import mos.kernel.TrainingKernels;
import mos.tensor.DeviceGraph;
import mos.tensor.Devices;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Something that training or translation needs, tried for real and small. A further runtime is one
 * more line of {@link #all}.
 *
 * @param what as the user reads it: "a matrix product in bf16 on the GPU"
 * @param onGpu whether it is tried only where there is a GPU
 * @param work whether the result is right; a library that is missing is a LinkageError
 */
public record Trial(String what, boolean onGpu, BooleanSupplier work) {
  private static final int SIZE = 64;
  private static final int BEAM = 5;

  /**
   * How a trial ended.
   *
   * @param what the trial's
   * @param onGpu the trial's
   * @param error why it failed; empty where it worked
   */
  record Outcome(String what, boolean onGpu, String error) {}

  /** Everything that is needed, in the order in which the parts build on each other. */
  public static List<Trial> all() {
    return List.of(
        new Trial("libtorch, a matrix product", false, () -> product("cpu", Precision.FP32)),
        new Trial(
            "libtorch, a matrix product in bf16", true, () -> product("cuda", Precision.BF16)),
        new Trial("NVRTC, the kernels of training", true, Trial::trainingKernels),
        new Trial("NVRTC, the kernels of translation", true, Trial::stepKernels),
        new Trial("CUDA, a recorded graph", true, Trial::graph));
  }

  /** Tries one after the other; those for a GPU only with one. */
  static List<Outcome> run(List<Trial> trials, boolean gpu) {
    List<Outcome> outcomes = new ArrayList<>();
    for (Trial trial : trials) {
      if (gpu || !trial.onGpu) {
        outcomes.add(new Outcome(trial.what, trial.onGpu, trial.error()));
      }
    }
    return outcomes;
  }

  private String error() {
    try {
      return work.getAsBoolean() ? "" : "the result is wrong";
    } catch (LinkageError | RuntimeException e) {
      // Whatever it is, it is what the user came to hear of.
      Throwable cause = e;
      while (cause.getCause() != null && !(e instanceof MosException)) {
        cause = cause.getCause();
      }
      String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      return cause instanceof MosException
          ? message
          : cause.getClass().getSimpleName() + ": " + message;
    }
  }

  private static boolean product(String device, Precision precision) {
    try (Scope scope = Scope.open()) {
      Tensor ones = ones(Devices.of(device), precision.scalarType());
      return isAll(torch.mm(ones, ones), SIZE);
    }
  }

  private static boolean trainingKernels() {
    try (Scope scope = Scope.open()) {
      return TrainingKernels.of(Devices.of("cuda"), ScalarType.BFloat16, false) != null;
    }
  }

  private static boolean stepKernels() {
    try (Scope scope = Scope.open()) {
      return StepKernels.of(Devices.of("cuda"), ScalarType.BFloat16, BEAM) != null;
    }
  }

  private static boolean graph() {
    try (Scope scope = Scope.open()) {
      Tensor sum = ones(Devices.of("cuda"), ScalarType.Float);
      Tensor one = torch.ones_like(sum);
      // Two rehearsals; what is only recorded is not run.
      try (DeviceGraph graph = DeviceGraph.of(sum.device(), () -> sum.add_(one))) {
        boolean recorded = graph.recorded();
        graph.launch();
        if (!recorded) {
          throw new MosException("the GPU does not record");
        }
      }
      return isAll(sum, 4);
    }
  }

  private static Tensor ones(Device device, ScalarType type) {
    return torch.ones(new long[] {SIZE, SIZE}, Tensors.options(type, device));
  }

  private static boolean isAll(Tensor tensor, double value) {
    return tensor.eq(new Scalar(value)).all().item_bool();
  }
}
