package mos.tensor;

import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The number format of forward and backward computations; master weights are always fp32. */
public enum Precision {
  /** fp32 throughout. */
  FP32(ScalarType.Float),
  /**
   * fp32 storage; matrix products may use the fastest kernels that accumulate in fp32, whose inputs
   * may be rounded to fewer bits of mantissa (TF32 on NVIDIA GPUs; on CPUs oneDNN, which rounds to
   * bf16 where the processor has matrix units for it and is exact elsewhere).
   */
  TF32(ScalarType.Float),
  BF16(ScalarType.BFloat16),
  FP16(ScalarType.Half);

  private final ScalarType scalarType;

  Precision(ScalarType scalarType) {
    this.scalarType = scalarType;
  }

  public ScalarType scalarType() {
    return scalarType;
  }

  /** Makes this the process's precision of fp32 matrix products. */
  public void apply() {
    Native.load();
    torch.globalContext().setFloat32MatmulPrecision(this == FP32 ? "highest" : "medium");
  }
}
