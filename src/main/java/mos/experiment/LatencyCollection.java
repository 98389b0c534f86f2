package mos.experiment;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import mos.base.FolderLock;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.console.Progress;
import mos.distributed.Processes;
import mos.latency.LatencyDataset;
import mos.latency.LatencyPlan;
import mos.latency.LatencyRow;
import mos.latency.LatencySource;
import mos.latency.UndisturbedMeter;
import mos.results.LatencyDatasetFigures;

/**
 * Measures SubTransformers, for a latency predictor. Of several processes one measures, while the
 * others leave the machine quiet.
 *
 * <p>Source: HAT (2020), section 3.3.
 *
 * @param rows what is measured
 * @param latency what tells latencies; the plan of the rows says of which sentence
 * @param retries further measurements of a row that other programs disturbed
 * @param csv file to write, or to continue
 * @param compute where to measure
 */
public record LatencyCollection(
    LatencyRows rows, LatencyChoice latency, int retries, Path csv, ComputeChoice compute)
    implements Experiment<LatencyDatasetFigures> {

  @Override
  public LatencyDatasetFigures run(Processes processes) {
    return Sharing.byFirst(processes, LatencyDatasetFigures.class, this::measure);
  }

  private LatencyDatasetFigures measure() {
    LatencyPlan planned = rows.plan();
    LatencySource source = latency.of(planned.settings()).open(planned.model(), compute::setUp);
    Map<String, String> made = Provenance.versions();
    made.putAll(planned.made());
    LatencyDataset.Plan plan = new LatencyDataset.Plan(planned, source.hardware(), made);
    UndisturbedMeter meter = new UndisturbedMeter(source.disturbable() ? retries : 0);
    LatencyDataset dataset;
    try (FolderLock lock = FolderLock.ofFile(csv);
        Progress progress = Progress.start("latency dataset", planned.size());
        StopSignal.Saving saving = StopSignal.saving()) {
      dataset =
          LatencyDataset.build(
              csv,
              plan,
              architecture -> {
                stopIfAsked();
                return meter.measure(() -> source.measure(architecture), source::watch).latency();
              },
              (done, of, last) ->
                  progress.update(done, String.format(Locale.ROOT, "%.1f ms", last.ms())));
    }
    double[] times = dataset.rows().stream().mapToDouble(LatencyRow::ms).sorted().toArray();
    return new LatencyDatasetFigures(
        csv.toString(),
        times.length,
        times[0],
        times[times.length / 2],
        times[times.length - 1],
        null);
  }

  private void stopIfAsked() {
    if (StopSignal.requested()) {
      throw new MosException(
          "stopped; the rows measured so far are in " + csv + ", the same command continues");
    }
  }
}
