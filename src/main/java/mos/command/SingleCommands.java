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
        new PrepareSampleTask(),
        new TrainCommand(),
        new TrainSubTransformerCommand(),
        new ValidateCommand(),
        new LatencyDatasetTask(),
        new LatencyPredictorTask(),
        new EvoSearchTask(),
        new EvaluateSupernetCommand(),
        new MeasureTask(),
        new GenerateTask(),
        new DistillDataTask(),
        new BenchTask(),
        new AverageCheckpointsCommand(),
        new ExportTask(),
        new ImportTask());
  }
}
