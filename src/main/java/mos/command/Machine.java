package mos.command;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.distributed.Launch;
import mos.latency.Timer;
import mos.tensor.DeviceEvent;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Device;

/**
 * Where and how precisely tensors are computed.
 *
 * @param device of all tensors
 * @param precision of forward and backward passes
 */
record Machine(Device device, Precision precision) {
  static List<Setting<?>> settings() {
    return List.of(MachineSettings.DEVICE, MachineSettings.PRECISION, MachineSettings.THREADS);
  }

  /** Fails for a device that is not here, before anything is done. */
  static void check(Settings settings) {
    String name = settings.get(MachineSettings.DEVICE);
    if (!name.matches("auto|cpu")) {
      try (Scope scope = Scope.open()) {
        Devices.of(name);
      }
    }
  }

  /** Sets up the process as the settings say. */
  static Machine setUp(Settings settings) {
    return setUp(settings, Optional.empty());
  }

  /** The same for one of several processes: each of a host has a GPU of its own. */
  static Machine setUp(Settings settings, Optional<Launch> launch) {
    Native.setThreads(settings.get(MachineSettings.THREADS));
    String name = settings.get(MachineSettings.DEVICE);
    if (launch.isPresent() && name.matches("auto|cuda") && Native.hasGpu()) {
      name = "cuda:" + launch.get().localRank();
    }
    Device device = Devices.of(name);
    Devices.use(device);
    Precision precision =
        settings
            .find(MachineSettings.PRECISION)
            .map(p -> Precision.valueOf(p.toUpperCase(Locale.ROOT)))
            .orElseGet(() -> Devices.defaultPrecision(device));
    precision.apply();
    return new Machine(device, precision);
  }

  /** A clock for work on the device. */
  Timer timer() {
    if (device.is_cpu()) {
      return Timer.MONOTONIC;
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
