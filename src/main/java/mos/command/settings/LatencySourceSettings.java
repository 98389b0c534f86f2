package mos.command.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.LatencyChoice;
import mos.latency.CommandSource;
import mos.latency.RuntimeSource;

/** The settings of what tells latencies, and of the sentence that costs are counted of. */
public final class LatencySourceSettings {
  /** The source. */
  public static final Setting<String> SOURCE =
      Setting.ofString("latency-source")
          .in(SettingGroup.LATENCY)
          .doc(
              "What tells latencies: "
                  + RuntimeSource.Provider.NAME
                  + " (this program), "
                  + CommandSource.Provider.NAME
                  + " (that of runner) or the name of another source on the class path, with"
                  + " :ARGUMENT for it; not given: command if there is a runner, else runtime");

  private LatencySourceSettings() {}

  /** The settings that are read here. */
  public static List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>(LatencySettings.settings());
    all.addAll(RunnerSettings.settings());
    all.addAll(RuntimeSettings.settings());
    all.add(SOURCE);
    return all;
  }

  /** What tells latencies, and of which sentence. */
  public static LatencyChoice of(Settings settings) {
    return new LatencyChoice(
        settings.find(SOURCE),
        LatencySettings.of(settings),
        settings.get(LatencySettings.HARDWARE_SPEC),
        settings.find(LatencySettings.THREADS),
        RuntimeSettings.ofLatency(settings).onnx(),
        RunnerSettings.given(settings)
            ? Optional.of(RunnerSettings.of(settings))
            : Optional.empty());
  }
}
