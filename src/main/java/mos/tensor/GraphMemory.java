package mos.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * What {@link DeviceGraph}s that are large or many make while they run lies here, one graph's over
 * the other's. As long as this lives, nobody else is given the memory, not when memory runs out
 * either: of each piece that libtorch's allocator took for them a small part stays in use, and it
 * gives back no piece of which a part is in use.
 */
public final class GraphMemory implements AutoCloseable {
  private static final long ANCHOR_BYTES = 2L << 20;
  private static final long SPARE_BYTES = 64L << 20;

  private final Device device;
  private final CUDAStream stream;
  private final List<Tensor> anchors = new ArrayList<>();

  /**
   * @param device a GPU
   */
  public GraphMemory(Device device) {
    this.device = Scope.own(Tensors.copy(device));
    this.stream = Scope.own(torch_cuda.getStreamFromPool());
  }

  /** Work on this stream, and no other, has this memory. */
  CUDAStream stream() {
    return stream;
  }

  /**
   * Runs work on {@link #stream} and takes memory for it, so that it takes no other when it is run
   * again.
   */
  void makeRoom(Runnable work) {
    if (taken(work) == 0) {
      return;
    }
    // Again: in the first run libraries took memory too, for themselves.
    DeviceMemory.release(device);
    long more = taken(work);
    if (more > 0) {
      DeviceMemory.release(device);
      take(more + more / 4 + SPARE_BYTES);
    }
  }

  /** Bytes that the device has less when work was done. */
  private long taken(Runnable work) {
    long before = DeviceMemory.taken(device);
    work.run();
    cudart.cudaDeviceSynchronize();
    return Math.max(0, DeviceMemory.taken(device) - before);
  }

  private void take(long bytes) {
    try (Scope scope = Scope.open()) {
      // One piece, which is free again at once, but for the part that is taken of it next.
      Tensors.empty(ScalarType.Byte, device, bytes).close();
      anchors.add(Scope.own(Tensors.empty(ScalarType.Byte, device, ANCHOR_BYTES)));
    }
  }

  @Override
  public void close() {
    anchors.forEach(Tensor::close);
    anchors.clear();
    stream.close();
    device.close();
  }
}
