package mos.command.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.Models;
import mos.space.SubTransformerFile;

/** The models that commands read and write. */
public final class FileSettings {
  public static final Setting<Path> PATH =
      Setting.ofPath("path")
          .in(SettingGroup.FILES)
          .basic()
          .doc(
              "Checkpoint of a SuperTransformer or a SubTransformer, or the folder of an exported"
                  + " model; the file to import");

  public static final Setting<Path> OUT =
      Setting.ofPath("out")
          .in(SettingGroup.FILES)
          .effect(Effect.NONE)
          .basic()
          .doc("The file or folder to write");

  public static final Setting<Path> SAVE_DIR =
      Setting.ofPath("save-dir")
          .in(SettingGroup.FILES)
          .effect(Effect.NONE)
          .basic()
          .defaultsTo(Path.of("checkpoints"))
          .doc("Folder for checkpoints and metrics.jsonl");

  public static final Setting<Path> RESTORE_FILE =
      Setting.ofPath("restore-file")
          .in(SettingGroup.FILES)
          .basic()
          .doc("Checkpoint of the SuperTransformer to inherit from, with init supernet");

  public static final Setting<String> INPUTS =
      Setting.ofString("inputs")
          .in(SettingGroup.FILES)
          .basic()
          .doc("Checkpoint files, separated by commas");

  public static final Setting<Integer> NUM_EPOCH_CHECKPOINTS =
      Setting.ofInt("num-epoch-checkpoints")
          .in(SettingGroup.FILES)
          .basic()
          .range(1, 10_000)
          .doc("Average so many of the newest epoch checkpoints in save-dir");

  private FileSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(PATH, OUT, SAVE_DIR, RESTORE_FILE, INPUTS, NUM_EPOCH_CHECKPOINTS);
  }

  /**
   * A SuperTransformer's checkpoint.
   *
   * @param setting that names it
   * @throws ConfigurationException for a folder, or where it is not given
   */
  public static Path supernet(Settings settings, Setting<Path> setting) {
    Path file = required(settings, setting);
    if (Files.isDirectory(file)) {
      throw settings.error(
          setting, "the checkpoint of a SuperTransformer, such as checkpoint_best.safetensors");
    }
    return file;
  }

  /**
   * The value of a setting that must be given.
   *
   * @throws ConfigurationException where it is not
   */
  public static <T> T required(Settings settings, Setting<T> setting) {
    if (!settings.has(setting)) {
      throw new ConfigurationException(setting.key() + " is needed: " + setting.doc());
    }
    return settings.get(setting);
  }

  /** The architecture that the settings describe, if they do. */
  public static Optional<Models.Named> architecture(Settings settings) {
    return SubTransformerFile.given(settings)
        ? Optional.of(
            new Models.Named(
                SubTransformerFile.fromSettings(settings), SubTransformerFile.where(settings)))
        : Optional.empty();
  }
}
