package mos.command.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.latency.CommandRunner;
import mos.latency.CommandSource;
import mos.latency.LatencyConfig;
import mos.latency.LatencySource;
import mos.latency.LatencySourceProvider;
import mos.latency.LatencySources;
import mos.latency.RuntimeSource;
import mos.model.ModelConfig;
import mos.space.ArchitectureCost;
import mos.tensor.Compute;

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
    all.add(SOURCE);
    return all;
  }

  /** The source that the settings name, on the settings' device where it is this program. */
  public static LatencySource open(Settings settings, ModelConfig model) {
    return open(settings, model, () -> MachineSettings.compute(settings).setUp());
  }

  /**
   * The source that the settings name.
   *
   * @param compute asked where this program measures
   */
  public static LatencySource open(
      Settings settings, ModelConfig model, Supplier<Compute> compute) {
    Optional<CommandRunner> runner =
        RunnerSettings.given(settings)
            ? Optional.of(RunnerSettings.of(settings))
            : Optional.empty();
    String usual = runner.isPresent() ? CommandSource.Provider.NAME : RuntimeSource.Provider.NAME;
    return LatencySources.open(
        settings.find(SOURCE).orElse(usual),
        new LatencySourceProvider.Request(
            model,
            LatencySettings.of(settings),
            settings.get(LatencySettings.HARDWARE_SPEC),
            settings.find(LatencySettings.THREADS),
            compute,
            runner,
            ""),
        SOURCE.key());
  }

  /** What architectures cost by counting, of a sentence as long as a measured one. */
  public static ArchitectureCost cost(Settings settings, ModelConfig model) {
    LatencyConfig how = LatencySettings.of(settings);
    return new ArchitectureCost(model.cost(), how.sourceTokens(), how.targetSteps());
  }
}
