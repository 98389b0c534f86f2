package mos.onnx;

import mos.base.ConfigurationException;

/**
 * That ONNX Runtime computes, and how; where these are missing libtorch does.
 *
 * @param precision of products with weights
 * @param threads that compute, at least 1
 */
public record OnnxOptions(OnnxPrecision precision, int threads) {
  /**
   * @throws ConfigurationException for no threads
   */
  public OnnxOptions {
    if (threads < 1) {
      throw new ConfigurationException("threads: got " + threads + ", must be at least 1");
    }
  }
}
