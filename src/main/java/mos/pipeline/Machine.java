package mos.pipeline;

import java.util.List;
import mos.config.Setting;
import mos.config.Settings;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Tensors;
import mos.train.TrainingSettings;
import org.bytedeco.pytorch.Device;

/**
 * Where and how precisely tensors are computed.
 *
 * @param device of all tensors
 * @param precision of forward and backward passes
 */
record Machine(Device device, Precision precision) {
  static List<Setting<?>> settings() {
    return List.of(TrainingSettings.PRECISION, TrainingSettings.THREADS);
  }

  /** Sets up the process as the settings say. */
  static Machine setUp(Settings settings) {
    Native.setThreads(settings.get(TrainingSettings.THREADS));
    Precision precision = TrainingSettings.precision(settings);
    precision.apply();
    return new Machine(Tensors.cpu(), precision);
  }
}
