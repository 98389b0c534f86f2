package mos.tensor;

import mos.base.MosException;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch_cuda;

/**
 * A point in a device's work: {@link #record} marks where the work given to it so far ends. On the
 * CPU, which works at once, it is a point in time.
 */
public final class DeviceEvent implements AutoCloseable {
  private final CUevent_st event;
  private long nanos;

  private DeviceEvent(CUevent_st event) {
    this.event = event;
  }

  /** An event that is not recorded yet. */
  public static DeviceEvent of(Device device) {
    if (device.is_cpu()) {
      return new DeviceEvent(null);
    }
    try (Scope scope = Scope.open()) {
      CUevent_st event = Scope.own(new CUevent_st());
      check(cudart.cudaEventCreate(event));
      return new DeviceEvent(event);
    }
  }

  /** Marks the end of the work given to the device so far. */
  public void record() {
    if (event == null) {
      nanos = System.nanoTime();
      return;
    }
    try (Scope scope = Scope.open()) {
      CUDAStream stream = torch_cuda.getCurrentCUDAStream();
      check(cudart.cudaEventRecord(event, stream.stream()));
    }
  }

  /** Waits until the device has got there. */
  public void synchronize() {
    if (event != null) {
      check(cudart.cudaEventSynchronize(event));
    }
  }

  /** Milliseconds of the device's time from {@code earlier} to this; both were reached. */
  public double msSince(DeviceEvent earlier) {
    if (event == null) {
      return (nanos - earlier.nanos) / 1e6;
    }
    float[] ms = new float[1];
    check(cudart.cudaEventElapsedTime(ms, earlier.event, event));
    return ms[0];
  }

  private static void check(int code) {
    if (code != cudart.cudaSuccess) {
      throw new MosException(
          "CUDA: " + cudart.cudaGetErrorString(code).getString() + " (" + code + ")");
    }
  }

  @Override
  public void close() {
    if (event != null) {
      cudart.cudaEventDestroy(event);
      event.deallocate();
    }
  }
}
