package mos.experiment;

import java.nio.file.Path;
import mos.distributed.Processes;
import mos.latency.LatencyPlan;
import mos.results.LatencyDatasetFigures;

/**
 * Writes what a latency dataset is to hold, for another device to measure.
 *
 * @param rows what it is to hold
 * @param file to write
 */
public record LatencyPlanning(LatencyRows rows, Path file)
    implements Experiment<LatencyDatasetFigures> {

  @Override
  public LatencyDatasetFigures run(Processes processes) {
    return Sharing.byFirst(processes, LatencyDatasetFigures.class, this::write);
  }

  private LatencyDatasetFigures write() {
    LatencyPlan plan = rows.plan();
    plan.write(file);
    return new LatencyDatasetFigures(null, plan.size(), null, null, null, file.toString());
  }
}
