package mos.tensor;

import java.nio.ByteBuffer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;

/** The memory of a tensor, for those who write files. */
public final class TensorBytes {
  private TensorBytes() {}

  /** Takes one piece, for example by writing it. */
  @FunctionalInterface
  public interface Consumer<X extends Exception> {
    void accept(ByteBuffer chunk) throws X;
  }

  /**
   * Hands out the bytes of a tensor in pieces that fit a byte buffer.
   *
   * @param tensor contiguous, on the CPU
   */
  public static <X extends Exception> void forEachChunk(Tensor tensor, Consumer<X> consumer)
      throws X {
    long size = tensor.nbytes();
    try (BytePointer bytes = new BytePointer(tensor.data_ptr())) {
      for (long done = 0; done < size; done += SafeTensors.CHUNK_BYTES) {
        long chunk = Math.min(SafeTensors.CHUNK_BYTES, size - done);
        consumer.accept(bytes.position(done).capacity(done + chunk).asByteBuffer());
      }
    }
  }

  /**
   * Copies a tensor. On the CPU the calling thread does it alone, since others may compute; from a
   * GPU to page-locked memory the device does, which nobody waits for.
   *
   * @param to contiguous, on the CPU, of the same type and size
   */
  public static void copy(Tensor from, Tensor to) {
    if (!from.is_cpu()) {
      to.copy_(from, true);
      return;
    }
    try (BytePointer source = new BytePointer(from.data_ptr());
        BytePointer target = new BytePointer(to.data_ptr())) {
      Pointer.memcpy(target, source, from.nbytes());
    }
  }
}
