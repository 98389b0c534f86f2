package mos.command;

import java.util.List;

/** The commands that do one piece of work each: stages of a run, and others. */
public final class SingleCommands {
  private SingleCommands() {}

  /** All of them. */
  public static List<Command<?>> all() {
    return List.of(
        new DoctorCommand(),
        new GetPreprocessedCommand(),
        new PrepareSampleCommand(),
        new TrainCommand(),
        new TrainSubTransformerCommand(),
        new ValidateCommand(),
        new LatencyDatasetCommand(),
        new LatencyPredictorCommand(),
        new EvoSearchCommand(),
        new EvaluateSupernetCommand(),
        new MeasureCommand(),
        new MeasureTranslationCommand(),
        new GenerateCommand(),
        new DistillDataCommand(),
        new BenchCommand(),
        new AverageCheckpointsCommand(),
        new ExportCommand(),
        new ImportCommand());
  }
}
