package mos.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.command.settings.DataSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.LatencyCollection;
import mos.latency.LatencyDataset;
import mos.results.LatencyDatasetFigures;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;

/** Measures the latency of random SubTransformers. */
public final class LatencyDatasetCommand implements Command<LatencyDatasetFigures> {
  @Override
  public String name() {
    return "latency-dataset";
  }

  @Override
  public String description() {
    return "They are timed on this machine, or by --runner. The same command continues an"
        + " interrupted dataset.";
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

  @Override
  public List<Path> products(Settings settings) {
    Path csv = settings.get(LatencyDatasetSettings.PATH);
    return List.of(csv, LatencyDataset.sideFile(csv));
  }

  @Override
  public void check(Settings settings) {
    experiment(settings);
  }

  @Override
  public LatencyCollection experiment(Settings settings) {
    SearchSpace space = SearchSpaceSettings.space(settings);
    return new LatencyCollection(
        DataSettings.source(settings),
        space,
        ModelSettings.anyVocabulary(settings, space),
        LatencySourceSettings.of(settings),
        settings.get(LatencyDatasetSettings.SIZE),
        settings.get(MachineSettings.SEED),
        settings.get(LatencyDatasetSettings.RETRIES),
        settings.get(LatencyDatasetSettings.PATH),
        MachineSettings.compute(settings));
  }

  @Override
  public Class<LatencyDatasetFigures> result() {
    return LatencyDatasetFigures.class;
  }

  @Override
  public String describe(LatencyDatasetFigures figures) {
    return String.format(
        Locale.ROOT,
        "%d SubTransformers, %.2f to %.2f ms, median %.2f ms: %s",
        figures.rows(),
        figures.minMs(),
        figures.maxMs(),
        figures.medianMs(),
        figures.latDatasetPath());
  }
}
