package mos.command;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import mos.base.ConfigurationException;
import mos.command.settings.FileSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.CheckpointAveraging;
import mos.experiment.CheckpointAveraging.Inputs;
import mos.experiment.Experiment;
import mos.results.AverageFigures;

/** Averages the parameters of named checkpoints, or of a training's last epochs. */
public final class AverageCheckpointsCommand implements Command<AverageFigures> {
  @Override
  public String name() {
    return "average-checkpoints";
  }

  @Override
  public String description() {
    return "They are those named by --inputs, or the last --num-epoch-checkpoints of --save-dir.";
  }

  @Override
  public String example() {
    return "average-checkpoints --save-dir model --num-epoch-checkpoints 5"
        + " --out model/average.safetensors";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        FileSettings.INPUTS,
        FileSettings.SAVE_DIR,
        FileSettings.NUM_EPOCH_CHECKPOINTS,
        FileSettings.OUT);
  }

  @Override
  public Class<AverageFigures> result() {
    return AverageFigures.class;
  }

  @Override
  public Experiment<AverageFigures> experiment(Settings settings) {
    Path out = settings.get(FileSettings.OUT);
    return new CheckpointAveraging(inputs(settings), out);
  }

  private static Inputs inputs(Settings settings) {
    boolean named = settings.has(FileSettings.INPUTS);
    if (named == settings.has(FileSettings.NUM_EPOCH_CHECKPOINTS)) {
      throw new ConfigurationException(
          "average-checkpoints: need either --inputs or --num-epoch-checkpoints");
    }
    return named
        ? new Inputs.Named(
            Arrays.stream(settings.get(FileSettings.INPUTS).split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .map(Path::of)
                .toList())
        : new Inputs.LastEpochs(
            settings.get(FileSettings.SAVE_DIR), settings.get(FileSettings.NUM_EPOCH_CHECKPOINTS));
  }

  @Override
  public String describe(AverageFigures figures) {
    return "mean of " + figures.inputs().size() + " checkpoints written to " + figures.out();
  }
}
