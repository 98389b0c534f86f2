package mos.command;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.config.Setting;
import mos.config.Settings;
import mos.distributed.Launch;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.train.TrainingSettings;
import org.bytedeco.pytorch.Device;

/** The settings of where and how precisely tensors are computed. */
final class ComputeSettings {
  private ComputeSettings() {}

  static List<Setting<?>> settings() {
    return List.of(TrainingSettings.DEVICE, TrainingSettings.PRECISION, TrainingSettings.THREADS);
  }

  /** Fails for a device that is not here, before anything is done. */
  static void check(Settings settings) {
    String name = settings.get(TrainingSettings.DEVICE);
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
    Native.setThreads(settings.get(TrainingSettings.THREADS));
    String name = settings.get(TrainingSettings.DEVICE);
    if (launch.isPresent() && name.matches("auto|cuda") && Native.hasGpu()) {
      name = "cuda:" + launch.get().localRank();
    }
    Device device = Devices.of(name);
    Devices.use(device);
    Precision precision =
        settings
            .find(TrainingSettings.PRECISION)
            .map(p -> Precision.valueOf(p.toUpperCase(Locale.ROOT)))
            .orElseGet(() -> Devices.defaultPrecision(device));
    precision.apply();
    return new Compute(device, precision);
  }
}
