package mos.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import mos.command.settings.DataSettings;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.SampleData;
import mos.results.PreprocessFigures;

/** Makes the data of the embedded task. */
public final class PrepareSampleCommand implements Command<PreprocessFigures> {
  @Override
  public String name() {
    return "prepare-sample";
  }

  @Override
  public String description() {
    return "The text is made from CLDR, tokenised, split into subwords and binarised.";
  }

  @Override
  public String example() {
    return "prepare-sample --data out/data";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(DataSettings.DATA, MachineSettings.SEED, DataSettings.BPE_OPERATIONS);
  }

  @Override
  public List<Path> products(Settings settings) {
    return List.of(settings.get(DataSettings.DATA));
  }

  @Override
  public Class<PreprocessFigures> result() {
    return PreprocessFigures.class;
  }

  @Override
  public SampleData experiment(Settings settings) {
    return new SampleData(
        settings.get(DataSettings.DATA),
        settings.get(MachineSettings.SEED),
        settings.get(DataSettings.BPE_OPERATIONS));
  }

  @Override
  public String describe(PreprocessFigures figures) {
    return String.format(
        Locale.ROOT,
        "%d training pairs, %d symbols",
        figures.parts().get("train").lines(),
        figures.languages().get("en").dictionarySymbols());
  }
}
