package mos.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * What {@link DeviceGraph}s make while they run lies in memory that libtorch's allocator keeps for
 * this object's stream, one graph's over the other's. The allocator gives such memory back to the
 * device when it runs out, or when it is told to, and then all that it keeps. So some pieces are
 * given to it here that nobody else asks for: as long as they are where they were, so is the memory
 * of the graphs.
 */
public final class GraphMemory implements AutoCloseable {
  /** Sizes of the pieces, each an allocation of the device of its own. */
  private static final long[] PIECES = {12L << 20, 18L << 20, 26L << 20};

  private final CUDAStream stream;
  private final List<Range> pieces = new ArrayList<>();

  /** Where a piece is, in the device's memory. */
  private record Range(long address, long bytes) {
    /** The allocation that an address is in; of 0 bytes where there is none. */
    static Range of(long address) {
      long[] base = new long[1];
      try (SizeTPointer bytes = new SizeTPointer(1)) {
        int code = cudart.cuMemGetAddressRange(base, bytes, address);
        return code == 0 ? new Range(base[0], bytes.get()) : new Range(address, 0);
      }
    }
  }

  /**
   * @param device a GPU
   */
  public GraphMemory(Device device) {
    stream = Scope.own(torch_cuda.getStreamFromPool());
    try (Scope scope = Scope.open()) {
      CUDAStream before = torch_cuda.getCurrentCUDAStream();
      torch_cuda.setCurrentCUDAStream(torch_cuda.getStreamFromPool());
      try {
        for (long bytes : PIECES) {
          Tensor piece = Tensors.empty(ScalarType.Byte, device, bytes);
          pieces.add(Range.of(piece.data_ptr().address()));
        }
      } finally {
        torch_cuda.setCurrentCUDAStream(before);
      }
    }
  }

  /** Work on this stream has this memory. */
  CUDAStream stream() {
    return stream;
  }

  /**
   * Whether all memory is there that graphs were recorded with. False once and for all when some of
   * it was given back: they must not be launched then.
   */
  public boolean isWhole() {
    return pieces.stream()
        .allMatch(piece -> piece.bytes > 0 && Range.of(piece.address).equals(piece));
  }

  @Override
  public void close() {
    stream.close();
  }
}
