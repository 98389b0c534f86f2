package mos.onnx;

import ai.onnxruntime.OnnxTensor;

/** Where a session in memory has a graph's constants from. */
interface Weights {
  /** A constant's value; the caller closes it. */
  OnnxTensor of(Initializer initializer);
}
