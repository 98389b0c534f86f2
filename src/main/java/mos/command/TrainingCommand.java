package mos.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.command.settings.DataSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ModelSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.results.TrainingFigures;
import mos.space.SearchSpaceSettings;
import mos.train.Checkpoint;

/** What both commands that train have in common. */
public abstract class TrainingCommand implements Command<TrainingFigures> {

  /** The settings of every training. */
  static List<Setting<?>> settings(boolean subTransformer) {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SearchSpaceSettings.settings());
    settings.addAll(ModelSettings.settings());
    settings.addAll(TrainingSettings.ofTraining(subTransformer));
    settings.add(MachineSettings.NUM_GPUS);
    settings.add(MachineSettings.DISTRIBUTED_TIMEOUT);
    settings.add(MachineSettings.ZERO_SHARDING);
    settings.add(MachineSettings.ELASTIC);
    settings.add(FileSettings.SAVE_DIR);
    return settings;
  }

  @Override
  public List<Path> products(Settings settings) {
    return List.of(settings.get(FileSettings.SAVE_DIR).resolve(Checkpoint.BEST));
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of("train", "valid");
  }

  @Override
  public Class<TrainingFigures> result() {
    return TrainingFigures.class;
  }

  @Override
  public String describe(TrainingFigures figures) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%d updates in %.0f s, %.0f target tokens/s",
        figures.updates(),
        figures.seconds(),
        figures.tokensPerSecond());
    figures
        .valid()
        .forEach(
            (name, loss) ->
                line(text, "valid, %s: loss %.4f, perplexity %.2f", name, loss.loss(), loss.ppl()));
    tooLong(text, figures.skipped(), "training");
    tooLong(text, figures.skippedValid(), "validation");
    return text.append("best: ").append(figures.checkpoint()).toString();
  }

  private static void tooLong(StringBuilder text, Integer skipped, String what) {
    if (skipped != null && skipped > 0) {
      line(text, "%d sentence pairs were too long for %s", skipped, what);
    }
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format + "%n", values));
  }
}
