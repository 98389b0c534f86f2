package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.settings.DataSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.LatencySettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.console.Progress;
import mos.experiment.DataFolder;
import mos.experiment.Provenance;
import mos.latency.LatencyDataset;
import mos.latency.LatencyRow;
import mos.latency.LatencySource;
import mos.latency.UndisturbedMeter;
import mos.model.ModelConfig;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;

/** Measures the latency of random SubTransformers on this machine. */
public final class LatencyDatasetTask implements Command<ObjectNode> {
  @Override
  public String name() {
    return "latency-dataset";
  }

  @Override
  public String description() {
    return "They are timed on this machine, or by --runner. The same command continues an interrupted"
        + " dataset.";
  }

  @Override
  public String example() {
    return "latency-dataset --configs configs/tasks/sample.yml,configs/latency/sample.yml"
        + " --data data --lat-dataset-path latency.csv";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(ModelSettings.settings());
    settings.addAll(LatencySourceSettings.settings());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            LatencyDatasetSettings.PATH,
            LatencyDatasetSettings.SIZE,
            MachineSettings.SEED,
            LatencyDatasetSettings.RETRIES,
            MachineSettings.DISTRIBUTED_TIMEOUT));
    return settings;
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of();
  }

  /** Of several processes one measures, while the others leave the machine quiet. */
  @Override
  public List<Path> products(Settings settings) {
    return List.of(
        settings.get(LatencyDatasetSettings.PATH),
        LatencyDataset.sideFile(settings.get(LatencyDatasetSettings.PATH)));
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    return Sharing.run(
        name(),
        settings,
        false,
        (shared, launch) ->
            shared.leads() ? measure(settings) : Sharing.help(shared, UnaryOperator.identity()));
  }

  private static ObjectNode measure(Settings settings) {
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    SearchSpace space = SearchSpaceSettings.space(settings);
    ModelConfig config =
        ModelSettings.superTransformer(
            settings, space, data.sourceDictionary().size(), data.targetDictionary().size());
    LatencySource source = LatencySourceSettings.open(settings, config);
    int size = settings.get(LatencyDatasetSettings.SIZE);
    Map<String, String> made = Provenance.versions();
    made.put("source_dictionary", data.sourceDictionary().hash());
    made.put("target_dictionary", data.targetDictionary().hash());
    LatencyDataset.Plan plan =
        new LatencyDataset.Plan(
            space,
            size,
            settings.get(MachineSettings.SEED),
            LatencySettings.of(settings),
            source.hardware(),
            made);
    Path csv = settings.get(LatencyDatasetSettings.PATH);
    UndisturbedMeter retrying =
        new UndisturbedMeter(
            source.disturbable() ? settings.get(LatencyDatasetSettings.RETRIES) : 0);
    LatencyDataset dataset;
    try (FolderLock lock = FolderLock.ofFile(csv);
        Progress progress = Progress.start("latency dataset", size);
        StopSignal.Saving saving = StopSignal.saving()) {
      dataset =
          LatencyDataset.build(
              csv,
              plan,
              architecture -> {
                if (StopSignal.requested()) {
                  throw new MosException(
                      "stopped; the rows measured so far are in "
                          + csv
                          + ", the same command"
                          + " continues");
                }
                return retrying
                    .measure(() -> source.measure(architecture), source::watch)
                    .latency();
              },
              (rows, of, last) ->
                  progress.update(rows, String.format(Locale.ROOT, "%.1f ms", last.ms())));
    }
    double[] times = dataset.rows().stream().mapToDouble(LatencyRow::ms).sorted().toArray();
    ObjectNode figures = Json.object();
    figures.put("lat_dataset_path", csv.toString());
    figures.put("rows", times.length);
    figures.put("min_ms", times[0]);
    figures.put("median_ms", times[times.length / 2]);
    figures.put("max_ms", times[times.length - 1]);
    return figures;
  }

  @Override
  public String describe(ObjectNode figures) {
    return String.format(
        Locale.ROOT,
        "%d SubTransformers, %.2f to %.2f ms, median %.2f ms: %s",
        figures.path("rows").asInt(),
        figures.path("min_ms").asDouble(),
        figures.path("max_ms").asDouble(),
        figures.path("median_ms").asDouble(),
        figures.path("lat_dataset_path").asText());
  }
}
