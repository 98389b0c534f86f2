package mos.pipeline;

import java.util.List;

/** Every task that is a command. */
public final class Tasks {
  private Tasks() {}

  public static List<Task> all() {
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
        new MeasureTask(),
        new GenerateTask());
  }
}
