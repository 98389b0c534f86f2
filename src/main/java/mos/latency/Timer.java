package mos.latency;

import mos.tensor.DeviceEvent;
import org.bytedeco.pytorch.Device;

/** A clock that knows when work is finished: the monotonic clock on CPUs, events on GPUs. */
@FunctionalInterface
public interface Timer {
  /** The monotonic clock, for work that is finished when {@code run} returns. */
  Timer MONOTONIC =
      work -> {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) * 1e-6;
      };

  /** Runs {@code work} once, to its end on the device, and returns how long it took, in ms. */
  double timeMs(Runnable work);

  /** The clock for work on a device. */
  static Timer of(Device device) {
    if (device.is_cpu()) {
      return MONOTONIC;
    }
    return work -> {
      try (DeviceEvent start = DeviceEvent.of(device);
          DeviceEvent end = DeviceEvent.of(device)) {
        start.record();
        work.run();
        end.record();
        end.synchronize();
        return end.msSince(start);
      }
    };
  }
}
