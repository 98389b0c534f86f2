package mos.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The number format of forward and backward computations; master weights are always fp32. */
public enum Precision {
  /** fp32 throughout. */
  FP32,
  /**
   * fp32 storage; matrix products may use the fastest kernels that accumulate in fp32, whose inputs
   * may be rounded to fewer bits of mantissa (TF32 on NVIDIA GPUs; on CPUs oneDNN, which rounds to
   * bf16 where the processor has matrix units for it and is exact elsewhere).
   */
  TF32,
  BF16,
  FP16;

  /** The type of tensors of this format. */
  public ScalarType scalarType() {
    return switch (this) {
      case FP32, TF32 -> ScalarType.Float;
      case BF16 -> ScalarType.BFloat16;
      case FP16 -> ScalarType.Half;
    };
  }

  /** Makes this the process's precision of fp32 matrix products. */
  public void apply() {
    Native.load();
    torch.globalContext().setFloat32MatmulPrecision(this == FP32 ? "highest" : "medium");
  }
}
