package mos.command;

import java.util.List;

/** Every task that is a command. */
public final class Tasks {
  private Tasks() {}

  /** The tasks that stages of a run, or a user, may call one by one. */
  static List<Task> single() {
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
        new GenerateTask(),
        new DistillDataTask(),
        new BenchTask(),
        new AverageCheckpointsTask(),
        new ExportTask(),
        new ImportTask());
  }

  /** All of them. */
  public static List<Task> all() {
    List<Task> tasks = new java.util.ArrayList<>(single());
    tasks.add(0, new RunTask());
    tasks.add(1, new GenerateScriptTask());
    return tasks;
  }

  /**
   * The task of a command.
   *
   * @throws IllegalArgumentException where there is none
   */
  public static Task named(String name) {
    return all().stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no task " + name));
  }
}
