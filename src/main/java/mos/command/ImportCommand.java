package mos.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import mos.command.settings.DataSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.ImportSettings;
import mos.command.settings.LatencyDatasetSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.PredictorSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Import;
import mos.results.ImportFigures;

/**
 * Turns PyTorch files of HAT and MoS, models and latency predictors, into files of this program.
 */
public final class ImportCommand implements Command<ImportFigures> {
  @Override
  public String name() {
    return "import";
  }

  @Override
  public String description() {
    return "The file is read as data: nothing that it names is ever run. A checkpoint needs --data,"
        + " the folder with its dictionaries. A predictor is evaluated where --lat-dataset-path is"
        + " given.";
  }

  @Override
  public String example() {
    return "import --path checkpoint_best.pt --configs space.yml --data data"
        + " --out supernet.safetensors";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(ImportSettings.settings());
    settings.addAll(DataSettings.ofFolder());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            FileSettings.OUT,
            PredictorSettings.LATENCY_NORM,
            LatencyDatasetSettings.PATH));
    return settings;
  }

  @Override
  public void check(Settings settings) {
    experiment(settings);
  }

  @Override
  public Import experiment(Settings settings) {
    return new Import(
        settings.get(FileSettings.PATH),
        settings.get(FileSettings.OUT),
        new Import.OfCheckpoint(
            DataSettings.sourceIfGiven(settings), ImportSettings.model(settings)),
        new Import.OfPredictor(
            settings.get(ModelSettings.FEATURE_NORM),
            given(settings, PredictorSettings.LATENCY_NORM),
            given(settings, LatencyDatasetSettings.PATH)));
  }

  /** A value that was given; a default is another command's. */
  private static <T> Optional<T> given(Settings settings, Setting<T> setting) {
    return settings.has(setting) ? settings.find(setting) : Optional.empty();
  }

  @Override
  public Class<ImportFigures> result() {
    return ImportFigures.class;
  }

  @Override
  public String describe(ImportFigures figures) {
    String text = figures.kind() + " written to " + figures.out();
    ImportFigures.Errors errors = figures.errors();
    return errors == null || errors.rmseMs() == null
        ? text
        : String.format(
            Locale.ROOT,
            "%s%nRMSE %.3f ms, MAPE %.2f%%, worst %.3f ms over %d rows",
            text,
            errors.rmseMs(),
            100 * errors.mape(),
            errors.maxErrorMs(),
            errors.rows());
  }
}
