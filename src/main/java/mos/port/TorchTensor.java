package mos.port;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * A tensor of a PyTorch file: a view of a storage, read when asked for.
 *
 * <p>{@code shape}: extents, each at least 0. {@code strides}: steps in elements, each at least 0.
 */
public final class TorchTensor {
  private static final int MAX_DIMENSIONS = 16;
  private static final long MAX_BYTES = Integer.MAX_VALUE - 64;

  private final TorchStorage storage;
  private final long offset;
  private final List<Long> shape;
  private final List<Long> strides;

  /**
   * Checks that all elements lie in the storage.
   *
   * @throws MosException if they do not
   */
  TorchTensor(TorchStorage storage, long offset, List<Long> shape, List<Long> strides) {
    this.storage = storage;
    this.offset = offset;
    this.shape = List.copyOf(shape);
    this.strides = List.copyOf(strides);
    if (shape.size() != strides.size() || shape.size() > MAX_DIMENSIONS) {
      throw bad("they need to be as many, at most " + MAX_DIMENSIONS);
    }
    try {
      long end = Math.addExact(offset, span());
      long count = elements();
      if (offset < 0 || storage.elements() < 0 || end > storage.elements()) {
        throw bad("its storage has " + storage.elements() + " elements");
      }
      if (count > storage.elements()) {
        throw bad("an expanded tensor, with more elements than its storage");
      }
    } catch (ArithmeticException e) {
      throw bad("these are impossible");
    }
  }

  private MosException bad(String what) {
    return new MosException(
        "tensor with offset " + offset + ", sizes " + shape + ", strides " + strides + ": " + what);
  }

  private long elements() {
    long count = 1;
    for (long extent : shape) {
      if (extent < 0) {
        throw bad("sizes must be at least 0");
      }
      count = Math.multiplyExact(count, extent);
    }
    return count;
  }

  /** Elements of the storage from the first to the last of this tensor. */
  private long span() {
    if (elements() == 0) {
      return 0;
    }
    long last = 0;
    for (int d = 0; d < shape.size(); d++) {
      if (strides.get(d) < 0) {
        throw bad("strides must be at least 0");
      }
      last = Math.addExact(last, Math.multiplyExact(shape.get(d) - 1, strides.get(d)));
    }
    return last + 1;
  }

  public TorchType type() {
    return storage.type();
  }

  public List<Long> shape() {
    return shape;
  }

  /** The shape as libtorch takes it. */
  public long[] sizes() {
    return shape.stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * Reads the elements in row-major order.
   *
   * @throws MosException if the file does not hold them
   */
  public float[] floats() {
    TorchType type = storage.type();
    long bytes = Math.multiplyExact(span(), type.bytes());
    if (bytes > MAX_BYTES) {
      throw new MosException("tensor of " + bytes + " bytes: at most 2 GiB can be read");
    }
    ByteBuffer data;
    try {
      data =
          ByteBuffer.wrap(
                  storage
                      .source()
                      .read(storage, Math.multiplyExact(offset, type.bytes()), (int) bytes))
              .order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new MosException(
          "cannot read storage " + storage.key() + ": " + AtomicFile.describe(e), e);
    }
    float[] values = new float[(int) elements()];
    long[] index = new long[shape.size()];
    for (int i = 0; i < values.length; i++) {
      long at = 0;
      for (int d = 0; d < index.length; d++) {
        at += index[d] * strides.get(d);
      }
      values[i] = type.read(data, (int) (at * type.bytes()));
      for (int d = index.length - 1; d >= 0 && ++index[d] == shape.get(d); d--) {
        index[d] = 0;
      }
    }
    return values;
  }
}
