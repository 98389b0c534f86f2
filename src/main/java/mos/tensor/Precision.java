package mos.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The number format of forward and backward computations; master weights are always fp32. */
public enum Precision {
  FP32(ScalarType.Float),
  BF16(ScalarType.BFloat16),
  FP16(ScalarType.Half);

  private final ScalarType scalarType;

  Precision(ScalarType scalarType) {
    this.scalarType = scalarType;
  }

  public ScalarType scalarType() {
    return scalarType;
  }
}
