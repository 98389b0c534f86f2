package mos.command.settings;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.config.Setting;
import mos.config.Settings;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformerFile;

/** Every setting of the program: what a configuration file may hold, whichever command reads it. */
public final class AllSettings {
  private static final Collection<Setting<?>> KNOWN =
      of(
          Stream.of(
              DataSettings.settings(),
              SearchSpaceSettings.settings(),
              ModelSettings.settings(),
              TrainingSettings.settings(),
              OptimiserSettings.settings(),
              LossSettings.settings(),
              MachineSettings.settings(),
              FileSettings.settings(),
              SubTransformerFile.settings(),
              LatencySourceSettings.settings(),
              LatencyDatasetSettings.settings(),
              PredictorSettings.settings(),
              EvolutionSettings.settings(),
              SearchSettings.settings(),
              ConstraintSettings.settings(),
              EvaluationSettings.settings(),
              MeasureSettings.settings(),
              DecodingSettings.settings(),
              DistillSettings.settings(),
              BenchSettings.settings(),
              ExportSettings.settings(),
              DownloadSettings.settings(),
              ServeSettings.settings(),
              RunSettings.settings()));

  private AllSettings() {}

  /** All settings, each key once. */
  public static Collection<Setting<?>> known() {
    return KNOWN;
  }

  /** As {@link Settings#load}. */
  public static Settings load(List<Path> files, Map<String, String> options) {
    return Settings.load(files, options, KNOWN);
  }

  private static Collection<Setting<?>> of(Stream<List<Setting<?>>> groups) {
    Map<String, Setting<?>> known = new LinkedHashMap<>();
    groups
        .flatMap(List::stream)
        .forEach(
            setting -> {
              if (known.putIfAbsent(setting.key(), setting) != null) {
                throw new IllegalStateException("two settings with the key " + setting.key());
              }
            });
    return List.copyOf(known.values());
  }
}
