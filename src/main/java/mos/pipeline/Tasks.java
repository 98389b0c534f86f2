package mos.pipeline;

import java.util.List;

/** Every task that is a command. */
public final class Tasks {
  private Tasks() {}

  public static List<Task> all() {
    return List.of(
        new PrepareSampleTask(),
        new TrainTask(false),
        new TrainTask(true),
        new ImportTask(),
        new ExportTask(),
        new AverageCheckpointsTask());
  }
}
