package mos.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Weights that mean nothing, for measuring: the time of products does not depend on values. All
 * constants of all models begin at the same place, so that making a model writes none of them.
 */
public final class RandomWeights {
  private static final int SEED = 1;
  private static final float LARGEST = 0.05f;

  private ByteBuffer floats = direct(0);
  private ByteBuffer bytes = direct(0);

  private static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  synchronized OnnxTensor of(Initializer initializer) {
    int size = Math.toIntExact(initializer.bytes());
    if (initializer.int8()) {
      bytes = bytes.capacity() < size ? randomBytes(size) : bytes;
      return OnnxRuntime.call(
          "ONNX Runtime",
          () ->
              OnnxTensor.createTensor(
                  OnnxRuntime.environment(),
                  part(bytes, size),
                  initializer.shape(),
                  OnnxJavaType.INT8));
    }
    floats = floats.capacity() < size ? randomFloats(size) : floats;
    return OnnxRuntime.tensor(part(floats, size).asFloatBuffer(), initializer.shape());
  }

  private static ByteBuffer part(ByteBuffer all, int size) {
    return all.slice(0, size).order(ByteOrder.nativeOrder());
  }

  private static ByteBuffer randomFloats(int size) {
    SplittableRandom random = new SplittableRandom(SEED);
    ByteBuffer buffer = direct(size);
    FloatBuffer view = buffer.asFloatBuffer();
    while (view.hasRemaining()) {
      view.put((random.nextInt(1 << 16) / (float) (1 << 15) - 1) * LARGEST);
    }
    return buffer;
  }

  private static ByteBuffer randomBytes(int size) {
    SplittableRandom random = new SplittableRandom(SEED);
    ByteBuffer buffer = direct(size);
    while (buffer.remaining() >= Long.BYTES) {
      buffer.putLong(random.nextLong());
    }
    return buffer.clear();
  }
}
