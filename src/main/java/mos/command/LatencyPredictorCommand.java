package mos.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.OptimiserSettings;
import mos.command.settings.PredictorSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.PredictorTraining;
import mos.host.Hardware;
import mos.results.EvaluationFigures;
import mos.results.PredictorFigures;

/** Trains a latency predictor on a latency dataset and reports its errors on held-out rows. */
public final class LatencyPredictorCommand implements Command<PredictorFigures> {
  @Override
  public String name() {
    return "latency-predictor";
  }

  @Override
  public String description() {
    return "The dataset is made by latency-dataset or published by HAT. 80% of its rows train the"
        + " predictor, 10% choose it, its errors are those on the last 10%.";
  }

  @Override
  public String example() {
    return "latency-predictor --lat-dataset-path latency.csv --ckpt-path predictor.json --evaluate";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(PredictorSettings.ofTraining());
    settings.addAll(
        List.of(LatencyDatasetSettings.PATH, MachineSettings.SEED, PredictorSettings.EVALUATE));
    return settings;
  }

  @Override
  public Map<String, Setting<?>> publishedNames() {
    return Map.of(OptimiserSettings.LR.key(), PredictorSettings.LEARNING_RATE);
  }

  @Override
  public List<Path> products(Settings settings) {
    return List.of(settings.get(PredictorSettings.PATH));
  }

  @Override
  public void check(Settings settings) {
    PredictorSettings.of(settings);
  }

  @Override
  public PredictorTraining experiment(Settings settings) {
    return new PredictorTraining(
        settings.get(LatencyDatasetSettings.PATH),
        settings.get(PredictorSettings.PATH),
        PredictorSettings.of(settings),
        settings.get(PredictorSettings.MODEL),
        settings.get(MachineSettings.SEED),
        settings.get(PredictorSettings.EVALUATE),
        told(settings));
  }

  @Override
  public Class<PredictorFigures> result() {
    return PredictorFigures.class;
  }

  @Override
  public String describe(PredictorFigures figures) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%-20s %10s %8s %11s %8s   (%d held-out of %d rows)%n",
            "",
            "RMSE (ms)",
            "MAPE",
            "worst (ms)",
            "tau",
            figures.evaluation().rows(),
            figures.datasetRows()));
    text.append(line("this predictor", figures.evaluation()));
    figures.baselines().forEach((name, one) -> text.append(line(name.replace('_', ' '), one)));
    Hardware hardware = figures.hardware();
    if (hardware != null) {
      text.append("for ").append(hardware.spec());
      text.append(" (").append(hardware.cpuModel()).append(' ').append(hardware.device());
      text.append(", ").append(hardware.threads()).append(" threads, ");
      text.append(hardware.precision()).append("): ");
    }
    return text.append(figures.ckptPath()).toString();
  }

  private static String line(String name, EvaluationFigures evaluation) {
    Double tau = evaluation.kendallTau();
    return String.format(
        Locale.ROOT,
        "%-20s %10.3f %7.2f%% %11.3f %8s%n",
        name,
        evaluation.rmseMs(),
        100 * evaluation.mape(),
        evaluation.maxErrorMs(),
        tau == null ? "n/a" : String.format(Locale.ROOT, "%.4f", tau));
  }
}
