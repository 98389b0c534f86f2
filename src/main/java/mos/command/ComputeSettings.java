package mos.command;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.distributed.Launch;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Device;

/** The settings of where and how precisely tensors are computed. */
final class ComputeSettings {
  private ComputeSettings() {}

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
  static Compute setUp(Settings settings) {
    return setUp(settings, Optional.empty());
  }

  /** The same for one of several processes: each of a host has a GPU of its own. */
  static Compute setUp(Settings settings, Optional<Launch> launch) {
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
    return new Compute(device, precision);
  }
}
