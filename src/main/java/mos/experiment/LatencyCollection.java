package mos.experiment;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import mos.base.FolderLock;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.console.Progress;
import mos.distributed.Processes;
import mos.latency.LatencyDataset;
import mos.latency.LatencyRow;
import mos.latency.LatencySource;
import mos.latency.UndisturbedMeter;
import mos.model.ModelConfig;
import mos.results.LatencyDatasetFigures;
import mos.space.SearchSpace;

/**
 * Measures random SubTransformers, for a latency predictor. Of several processes one measures,
 * while the others leave the machine quiet.
 *
 * <p>Source: HAT (2020), section 3.3.
 *
 * @param data whose dictionaries the model has
 * @param space that is drawn from
 * @param model sizes of the SuperTransformer, for any dictionaries
 * @param latency what tells latencies
 * @param size rows, at least 1
 * @param seed of the architectures
 * @param retries further measurements of a row that other programs disturbed
 * @param csv file to write, or to continue
 * @param compute where to measure
 */
public record LatencyCollection(
    DataSource data,
    SearchSpace space,
    ModelConfig model,
    LatencyChoice latency,
    int size,
    long seed,
    int retries,
    Path csv,
    ComputeChoice compute)
    implements Experiment<LatencyDatasetFigures> {

  @Override
  public LatencyDatasetFigures run(Processes processes) {
    return Sharing.run(
        processes,
        shared ->
            shared.leads()
                ? measure()
                : Sharing.help(shared, LatencyDatasetFigures.class, UnaryOperator.identity()));
  }

  private LatencyDatasetFigures measure() {
    DataFolder folder = DataFolder.open(data);
    LatencySource source =
        latency.open(
            model.withVocabularies(
                folder.sourceDictionary().size(), folder.targetDictionary().size()),
            compute::setUp);
    Map<String, String> made = Provenance.versions();
    made.put("source_dictionary", folder.sourceDictionary().hash());
    made.put("target_dictionary", folder.targetDictionary().hash());
    LatencyDataset.Plan plan =
        new LatencyDataset.Plan(space, size, seed, latency.how(), source.hardware(), made);
    UndisturbedMeter meter = new UndisturbedMeter(source.disturbable() ? retries : 0);
    LatencyDataset dataset;
    try (FolderLock lock = FolderLock.ofFile(csv);
        Progress progress = Progress.start("latency dataset", size);
        StopSignal.Saving saving = StopSignal.saving()) {
      dataset =
          LatencyDataset.build(
              csv,
              plan,
              architecture -> {
                stopIfAsked();
                return meter.measure(() -> source.measure(architecture), source::watch).latency();
              },
              (rows, of, last) ->
                  progress.update(rows, String.format(Locale.ROOT, "%.1f ms", last.ms())));
    }
    double[] times = dataset.rows().stream().mapToDouble(LatencyRow::ms).sorted().toArray();
    return new LatencyDatasetFigures(
        csv.toString(), times.length, times[0], times[times.length / 2], times[times.length - 1]);
  }

  private void stopIfAsked() {
    if (StopSignal.requested()) {
      throw new MosException(
          "stopped; the rows measured so far are in " + csv + ", the same command continues");
    }
  }
}
