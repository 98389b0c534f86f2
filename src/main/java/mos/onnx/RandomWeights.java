package mos.onnx;

import ai.onnxruntime.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.SplittableRandom;

/**
 * Weights that mean nothing, for measuring: the time of products does not depend on values. All
 * constants of all models begin at the same place, so that making a model writes none of them.
 */
public final class RandomWeights implements Weights {
  private static final int SEED = 1;
  private static final float LARGEST = 0.05f;

  private ByteBuffer floats = MemoryWeights.direct(0);
  private ByteBuffer bytes = MemoryWeights.direct(0);

  @Override
  public synchronized OnnxTensor of(Initializer initializer) {
    int size = Math.toIntExact(initializer.bytes());
    if (initializer.int8()) {
      bytes = bytes.capacity() < size ? randomBytes(size) : bytes;
      return MemoryWeights.tensor(initializer, part(bytes, size));
    }
    floats = floats.capacity() < size ? randomFloats(size) : floats;
    return MemoryWeights.tensor(initializer, part(floats, size));
  }

  private static ByteBuffer part(ByteBuffer all, int size) {
    return all.slice(0, size).order(ByteOrder.nativeOrder());
  }

  private static ByteBuffer randomFloats(int size) {
    SplittableRandom random = new SplittableRandom(SEED);
    ByteBuffer buffer = MemoryWeights.direct(size);
    FloatBuffer view = buffer.asFloatBuffer();
    while (view.hasRemaining()) {
      view.put((random.nextInt(1 << 16) / (float) (1 << 15) - 1) * LARGEST);
    }
    return buffer;
  }

  private static ByteBuffer randomBytes(int size) {
    SplittableRandom random = new SplittableRandom(SEED);
    ByteBuffer buffer = MemoryWeights.direct(size);
    while (buffer.remaining() >= Long.BYTES) {
      buffer.putLong(random.nextLong());
    }
    return buffer.clear();
  }
}
