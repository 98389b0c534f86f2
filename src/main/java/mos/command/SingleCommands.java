package mos.command;

import java.util.List;

/** The commands that do one piece of work each: stages of a run, and others. */
public final class SingleCommands {
  private SingleCommands() {}

  /** All of them. */
  public static List<Command<?>> all() {
    return List.of(
        new DoctorTask(),
        new GetPreprocessedTask(),
        new PrepareSampleTask(),
        new TrainTask(false),
        new TrainTask(true),
        new ValidateTask(),
        new LatencyDatasetTask(),
        new LatencyPredictorTask(),
        new EvoSearchTask(),
        new EvaluateSupernetTask(),
        new MeasureTask(),
        new GenerateCommand(),
        new DistillDataCommand(),
        new BenchTask(),
        new AverageCheckpointsTask(),
        new ExportCommand(),
        new ImportCommand());
  }
}
