package mos.parity;

import org.bytedeco.pytorch.Tensor;

/** Errors relative to what was expected. */
final class RelativeError {
  /** Smaller differences are those of rounding around zero. */
  static final double NEGLIGIBLE = 1e-6;

  private RelativeError() {}

  /** Of a tensor by L2 norm. */
  static double of(Tensor got, Tensor expected) {
    double norm = expected.norm().item_double();
    return got.sub(expected).norm().item_double() / Math.max(norm, NEGLIGIBLE);
  }

  /** Of a number. */
  static double of(double got, double expected) {
    double error = Math.abs(got - expected);
    return error <= NEGLIGIBLE ? 0 : error / Math.max(Math.abs(expected), NEGLIGIBLE);
  }
}
