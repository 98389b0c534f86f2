package mos.tensor;

import java.util.List;
import mos.host.Host;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * Memory of a GPU, in bytes, as the driver sees it: what the allocator keeps for later use counts
 * as taken, until it is released.
 */
public final class DeviceMemory {
  /** What libtorch says on GPUs, on Windows, on Linux and macOS; and C++ itself. */
  private static final List<String> EXHAUSTED =
      List.of("out of memory", "not enough memory", "can't allocate memory", "std::bad_alloc");

  private DeviceMemory() {}

  /**
   * Whether an operation failed because memory of the GPU or of this machine ran out; the message
   * is all that Java sees of it.
   */
  public static boolean isExhausted(Throwable e) {
    String message = String.valueOf(e.getMessage());
    return EXHAUSTED.stream().anyMatch(message::contains);
  }

  /** Gives memory that no tensor uses back to the device. */
  public static void release(Device device) {
    if (!device.is_cpu()) {
      torch_cuda.getAllocator().emptyCache();
    }
  }

  /** What no process has taken; 0 for the CPU. */
  public static long free(Device device) {
    return device.is_cpu() ? 0 : info()[0];
  }

  /** What all processes have taken, this one's peak since the last release included. */
  public static long taken(Device device) {
    return device.is_cpu() ? 0 : info()[1] - info()[0];
  }

  /** What the host would still give to programs. */
  public static long freeOfHost() {
    return Host.freeMemory();
  }

  private static long[] info() {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      cudart.cudaMemGetInfo(free, total);
      return new long[] {free.get(), total.get()};
    }
  }
}
