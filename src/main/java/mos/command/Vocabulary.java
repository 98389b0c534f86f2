package mos.command;

import java.nio.file.Files;
import mos.command.settings.DataSettings;
import mos.command.settings.MeasureSettings;
import mos.config.Settings;

/**
 * The sizes of the dictionaries of a model that is measured and not trained.
 *
 * @param source symbols
 * @param target symbols
 * @param origin where they come from, for people
 */
record Vocabulary(int source, int target, String origin) {

  /**
   * The size given, else the data folder's, else the default.
   *
   * @throws mos.base.ConfigurationException for a data folder that is not there
   */
  static Vocabulary of(Settings settings) {
    if (settings.has(MeasureSettings.VOCABULARY_SIZE) || !settings.has(DataSettings.DATA)) {
      int size = settings.get(MeasureSettings.VOCABULARY_SIZE);
      return new Vocabulary(
          size,
          size,
          settings.has(MeasureSettings.VOCABULARY_SIZE)
              ? "--" + MeasureSettings.VOCABULARY_SIZE.key()
              : "the default: no --data given");
    }
    if (!Files.isDirectory(settings.get(DataSettings.DATA))) {
      throw settings.error(
          DataSettings.DATA,
          "a data folder that is there; without one give --"
              + MeasureSettings.VOCABULARY_SIZE.key());
    }
    return of(DataFolder.open(settings));
  }

  /** That of a data folder. */
  static Vocabulary of(DataFolder data) {
    return new Vocabulary(
        data.sourceDictionary().size(), data.targetDictionary().size(), data.folder().toString());
  }
}
