package mos.run;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.command.Command;
import mos.command.EvoSearchCommand;
import mos.command.GenerateCommand;
import mos.command.LatencyDatasetCommand;
import mos.command.LatencyPredictorCommand;
import mos.command.MeasureCommand;
import mos.command.MeasureTranslationCommand;
import mos.command.PrepareSampleCommand;
import mos.command.TrainCommand;
import mos.command.TrainSubTransformerCommand;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.EvolutionSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.LatencySettings;
import mos.command.settings.MeasureSettings;
import mos.command.settings.OptimiserSettings;
import mos.command.settings.PredictorSettings;
import mos.command.settings.SearchSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.space.SubTransformerFile;

/** Which settings a run passes on to its stages, and their values in a trial run. */
final class StageSettings {
  /** Sizes of a trial run. */
  static final Map<Setting<?>, String> TRIAL =
      Map.ofEntries(
          Map.entry(TrainingSettings.MAX_UPDATE, "5"),
          Map.entry(OptimiserSettings.WARMUP_UPDATES, "2"),
          Map.entry(TrainingSettings.SUB_MAX_UPDATE, "5"),
          Map.entry(OptimiserSettings.SUB_WARMUP_UPDATES, "2"),
          Map.entry(LatencyDatasetSettings.SIZE, "10"),
          Map.entry(LatencySettings.RUNS, "10"),
          Map.entry(MeasureSettings.SENTENCES, "5"),
          Map.entry(PredictorSettings.TRAIN_STEPS, "10"),
          Map.entry(PredictorSettings.BATCH_SIZE, "2"),
          Map.entry(EvolutionSettings.EVO_ITER, "1"),
          Map.entry(EvolutionSettings.POPULATION_SIZE, "6"),
          Map.entry(EvolutionSettings.PARENT_SIZE, "2"),
          Map.entry(EvolutionSettings.MUTATION_SIZE, "2"),
          Map.entry(EvolutionSettings.CROSSOVER_SIZE, "2"),
          Map.entry(EvolutionSettings.MAX_TRIES, "100"));

  /** What the plan itself decides, or what only a user of the single command can want. */
  private static final Set<Setting<?>> OWN =
      Set.of(
          FileSettings.SAVE_DIR,
          TrainingSettings.TRAIN_SUBTRANSFORMER,
          FileSettings.RESTORE_FILE,
          LatencyDatasetSettings.PATH,
          LatencyDatasetSettings.PLAN,
          LatencyDatasetSettings.FROM_PLAN,
          PredictorSettings.PATH,
          SearchSettings.WRITE_CONFIG_PATH,
          SearchSettings.SEARCH_CACHE,
          FileSettings.PATH,
          DataSettings.SUBSET,
          DecodingSettings.REMOVE_BPE,
          DecodingSettings.RESULTS_PATH,
          DecodingSettings.INTERACTIVE,
          DecodingSettings.PLAIN,
          DecodingSettings.LONG_LINES,
          DecodingSettings.LONG_LINE_TOKENS,
          MeasureSettings.DESCRIBE,
          MeasureSettings.CHECK_CONSTRAINT);

  private StageSettings() {}

  /** The settings of single stages that a run passes on to them. */
  static List<Setting<?>> all() {
    Set<Setting<?>> settings = new LinkedHashSet<>();
    for (Command<?> task :
        List.of(
            new PrepareSampleCommand(),
            new TrainCommand(),
            new LatencyDatasetCommand(),
            new LatencyPredictorCommand(),
            new EvoSearchCommand(),
            new MeasureCommand(),
            new GenerateCommand(),
            new MeasureTranslationCommand(),
            new TrainSubTransformerCommand())) {
      settings.addAll(task.settings());
    }
    settings.removeAll(OWN);
    settings.removeAll(SubTransformerFile.settings());
    return List.copyOf(settings);
  }
}
