package mos.experiment;

import java.nio.file.Path;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.host.Hardware;
import mos.onnx.OnnxConfig;
import mos.onnx.OnnxFolder;
import mos.onnx.OnnxOptions;
import mos.onnx.OnnxPrecision;

/**
 * What is to compute translations and latencies.
 *
 * @param asked {@link Hardware#LIBTORCH} or {@link Hardware#ONNX}; empty: ONNX Runtime for its own
 *     folders, else libtorch
 * @param precision of ONNX Runtime's products; empty: a folder's own, else fp32
 * @param threads of ONNX Runtime, at least 1
 */
public record RuntimeChoice(
    Optional<String> asked, Optional<OnnxPrecision> precision, int threads) {
  /** What is usual for what is translated. */
  public static final RuntimeChoice USUAL =
      new RuntimeChoice(Optional.empty(), Optional.empty(), 1);

  /**
   * @throws ConfigurationException for int8 of libtorch
   */
  public RuntimeChoice {
    if (!asked.equals(Optional.of(Hardware.ONNX))
        && precision.equals(Optional.of(OnnxPrecision.INT8))) {
      throw new ConfigurationException(
          "runtime-precision: got int8, which libtorch does not have; it needs --runtime onnx");
    }
  }

  /** ONNX Runtime for weights that libtorch could compute with too; empty: libtorch. */
  public Optional<OnnxOptions> onnx() {
    return asked.equals(Optional.of(Hardware.ONNX))
        ? Optional.of(new OnnxOptions(precision.orElse(OnnxPrecision.FP32), threads))
        : Optional.empty();
  }

  /**
   * Checks a folder that ONNX Runtime alone can read.
   *
   * @return what it holds
   * @throws ConfigurationException where another runtime or precision is asked for
   */
  OnnxConfig folder(Path folder) {
    if (asked.equals(Optional.of(Hardware.LIBTORCH))) {
      throw new ConfigurationException(
          "runtime: got libtorch, but " + folder + " is a folder for ONNX Runtime");
    }
    OnnxConfig config = OnnxFolder.check(folder);
    if (precision.isPresent() && precision.get() != config.precision()) {
      throw new ConfigurationException(
          "runtime-precision: got "
              + precision.get().label()
              + ", but "
              + folder
              + " is in "
              + config.precision().label()
              + "; export the model again, or name its checkpoint");
    }
    return config;
  }

  /**
   * Where libtorch has weights that ONNX Runtime computes with.
   *
   * @throws ConfigurationException for a GPU or a precision of libtorch's
   */
  static ComputeChoice beside(ComputeChoice compute) {
    if (compute.device().startsWith("cuda")) {
      throw new ConfigurationException(
          "device: got " + compute.device() + ", but runtime onnx translates on the CPU");
    }
    if (compute.precision().map(p -> p != mos.tensor.Precision.FP32).orElse(false)) {
      throw new ConfigurationException(
          "precision: got "
              + compute.precision().get()
              + ", which is libtorch's; runtime onnx has runtime-precision");
    }
    return new ComputeChoice("cpu", Optional.empty(), compute.threads());
  }
}
