package mos.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/** A model's weights in memory; what both graphs use is there once. */
final class MemoryWeights implements Weights {
  private final Parameters parameters;
  private final Map<String, ByteBuffer> buffers = new HashMap<>();

  MemoryWeights(Parameters parameters) {
    this.parameters = parameters;
  }

  @Override
  public OnnxTensor of(Initializer initializer) {
    ByteBuffer buffer = buffers.computeIfAbsent(initializer.name(), name -> made(initializer));
    return tensor(initializer, buffer);
  }

  private ByteBuffer made(Initializer initializer) {
    ByteBuffer buffer = direct(Math.toIntExact(initializer.bytes()));
    initializer.put(initializer.parameter().values(parameters), buffer);
    return buffer.clear();
  }

  static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  /**
   * A constant whose numbers are in memory already.
   *
   * @param bytes as many as it has
   */
  static OnnxTensor tensor(Initializer initializer, ByteBuffer bytes) {
    return initializer.int8()
        ? OnnxRuntime.call(
            "ONNX Runtime",
            () ->
                OnnxTensor.createTensor(
                    OnnxRuntime.environment(), bytes, initializer.shape(), OnnxJavaType.INT8))
        : OnnxRuntime.tensor(bytes.asFloatBuffer(), initializer.shape());
  }
}
