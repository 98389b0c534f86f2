package mos.port;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import mos.base.MosException;
import mos.tensor.TensorBytes;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * One named value of a CTranslate2 model file.
 *
 * @param value of a type that the format has, contiguous, on the CPU; a scalar has no dimension
 */
record CTranslate2Variable(String name, Tensor value) {
  /** The format's types, numbered by their place. */
  private static final ScalarType[] TYPES = {
    ScalarType.Float, ScalarType.Char, ScalarType.Short, ScalarType.Int, ScalarType.Half
  };

  private static final long MAX_BYTES = 0xFFFF_FFFFL;

  CTranslate2Variable {
    value = value.detach().to(Tensors.cpu(), value.scalar_type()).contiguous();
    if (value.nbytes() > MAX_BYTES) {
      throw new MosException(
          name + ": " + value.nbytes() + " bytes, the format holds at most " + MAX_BYTES);
    }
  }

  /** Name, dimensions, type, size and bytes, little-endian. */
  <X extends Exception> void write(TensorBytes.Consumer<X> out) throws X {
    int dimensions = Math.toIntExact(value.dim());
    ByteBuffer head = text(name, 1 + 4 * dimensions + 1 + 4);
    head.put((byte) dimensions);
    for (int i = 0; i < dimensions; i++) {
      head.putInt(Math.toIntExact(value.size(i)));
    }
    head.put(type()).putInt((int) value.nbytes());
    out.accept(head.flip());
    TensorBytes.forEachChunk(value, out);
  }

  /** A buffer that begins with {@code text}: its length with the final 0, its bytes, the 0. */
  static ByteBuffer text(String text, int more) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(2 + bytes.length + 1 + more)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort((short) (bytes.length + 1))
        .put(bytes)
        .put((byte) 0);
  }

  private byte type() {
    for (byte i = 0; i < TYPES.length; i++) {
      if (TYPES[i].value == value.scalar_type().value) {
        return i;
      }
    }
    throw new IllegalArgumentException(name + ": CTranslate2 has no type " + value.scalar_type());
  }
}
