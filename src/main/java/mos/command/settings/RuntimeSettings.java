package mos.command.settings;

import java.util.List;
import java.util.Locale;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.RuntimeChoice;
import mos.host.Hardware;
import mos.host.Host;
import mos.onnx.OnnxPrecision;

/** What computes translations and latencies. */
public final class RuntimeSettings {
  public static final Setting<String> RUNTIME =
      Setting.ofChoice("runtime", Hardware.LIBTORCH, Hardware.ONNX)
          .in(SettingGroup.MACHINE)
          .basic()
          .doc(
              "What computes translations, and whose latencies are measured: libtorch, or onnx, ONNX"
                  + " Runtime on the CPU (docs/onnx.md); not given: onnx for a folder of its own,"
                  + " else libtorch");

  public static final Setting<String> PRECISION =
      Setting.ofChoice("runtime-precision", "fp32", "int8")
          .in(SettingGroup.MACHINE)
          .doc(
              "Products with weights of runtime onnx: fp32 or int8; not given: that of an exported"
                  + " folder, else fp32");

  private RuntimeSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(RUNTIME, PRECISION);
  }

  /** What is to translate. */
  public static RuntimeChoice of(Settings settings) {
    return of(settings, settings.get(MachineSettings.THREADS));
  }

  /** What is to be measured. */
  static RuntimeChoice ofLatency(Settings settings) {
    return of(
        settings,
        settings
            .find(LatencySettings.THREADS)
            .orElseGet(() -> settings.get(MachineSettings.THREADS)));
  }

  private static RuntimeChoice of(Settings settings, int threads) {
    return new RuntimeChoice(
        settings.find(RUNTIME),
        settings
            .find(PRECISION)
            .map(given -> OnnxPrecision.valueOf(given.toUpperCase(Locale.ROOT))),
        threads == 0 ? Host.physicalCores() : threads);
  }
}
