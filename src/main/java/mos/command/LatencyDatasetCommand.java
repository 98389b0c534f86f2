package mos.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.command.settings.DataSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.LatencySettings;
import mos.command.settings.LatencySourceSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Experiment;
import mos.experiment.LatencyCollection;
import mos.experiment.LatencyPlanning;
import mos.experiment.LatencyRows;
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
        + " interrupted dataset. For another device, --plan writes what is to be measured; there,"
        + " --from-plan measures it, and the dataset's two files come back.";
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
            LatencyDatasetSettings.PLAN,
            LatencyDatasetSettings.FROM_PLAN,
            MachineSettings.DISTRIBUTED_TIMEOUT));
    return settings;
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of();
  }

  @Override
  public List<Path> products(Settings settings) {
    if (settings.has(LatencyDatasetSettings.PLAN)) {
      return List.of(settings.get(LatencyDatasetSettings.PLAN));
    }
    Path csv = settings.get(LatencyDatasetSettings.PATH);
    return List.of(csv, LatencyDataset.sideFile(csv));
  }

  @Override
  public void check(Settings settings) {
    experiment(settings);
  }

  @Override
  public Experiment<LatencyDatasetFigures> experiment(Settings settings) {
    Optional<Path> plan = settings.find(LatencyDatasetSettings.PLAN);
    if (plan.isPresent()) {
      for (Setting<?> other :
          List.of(LatencyDatasetSettings.PATH, LatencyDatasetSettings.FROM_PLAN)) {
        if (settings.overrides().containsKey(other.key())) {
          throw settings.error(other, "left out with plan, which measures nothing");
        }
      }
      return new LatencyPlanning(drawn(settings), plan.get());
    }
    return new LatencyCollection(
        settings.has(LatencyDatasetSettings.FROM_PLAN) ? listed(settings) : drawn(settings),
        LatencySourceSettings.of(settings),
        settings.get(LatencyDatasetSettings.RETRIES),
        settings.get(LatencyDatasetSettings.PATH),
        MachineSettings.compute(settings));
  }

  private static LatencyRows drawn(Settings settings) {
    SearchSpace space = SearchSpaceSettings.space(settings);
    return new LatencyRows.Drawn(
        DataSettings.source(settings),
        space,
        ModelSettings.anyVocabulary(settings, space),
        LatencySettings.of(settings),
        settings.get(LatencyDatasetSettings.SIZE),
        settings.get(MachineSettings.SEED));
  }

  /** What the plan says cannot be said otherwise. */
  private static LatencyRows listed(Settings settings) {
    List<Setting<?>> said = new ArrayList<>(DataSettings.ofFolder());
    said.addAll(SearchSpaceSettings.settings());
    said.addAll(ModelSettings.settings());
    said.addAll(LatencySettings.ofSentence());
    said.addAll(List.of(LatencyDatasetSettings.SIZE, MachineSettings.SEED));
    for (Setting<?> setting : said) {
      if (settings.overrides().containsKey(setting.key())) {
        throw settings.error(setting, "left out with from-plan, whose file says it");
      }
    }
    return new LatencyRows.Listed(settings.get(LatencyDatasetSettings.FROM_PLAN));
  }

  @Override
  public Class<LatencyDatasetFigures> result() {
    return LatencyDatasetFigures.class;
  }

  @Override
  public String describe(LatencyDatasetFigures figures) {
    if (figures.plan() != null) {
      return String.format(
          Locale.ROOT,
          "%d SubTransformers to measure: %s%nOn the device: mos latency-dataset --from-plan %s"
              + " --runtime onnx --hardware-spec NAME --lat-dataset-path latency.csv",
          figures.rows(),
          figures.plan(),
          Path.of(figures.plan()).getFileName());
    }
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
