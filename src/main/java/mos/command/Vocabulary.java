package mos.command;

import java.nio.file.Files;
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
    if (settings.has(MeasureTask.VOCABULARY_SIZE) || !settings.has(DataFolder.DATA)) {
      int size = settings.get(MeasureTask.VOCABULARY_SIZE);
      return new Vocabulary(
          size,
          size,
          settings.has(MeasureTask.VOCABULARY_SIZE)
              ? "--" + MeasureTask.VOCABULARY_SIZE.key()
              : "the default: no --data given");
    }
    if (!Files.isDirectory(settings.get(DataFolder.DATA))) {
      throw settings.error(
          DataFolder.DATA,
          "a data folder that is there; without one give --" + MeasureTask.VOCABULARY_SIZE.key());
    }
    return of(DataFolder.open(settings));
  }

  /** That of a data folder. */
  static Vocabulary of(DataFolder data) {
    return new Vocabulary(
        data.sourceDictionary().size(), data.targetDictionary().size(), data.folder().toString());
  }
}
