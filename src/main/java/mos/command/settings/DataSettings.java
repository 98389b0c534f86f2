package mos.command.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.experiment.DataSource;
import mos.experiment.TrainingFolders;
import mos.experiment.Vocabulary;

/** Which data are read, and how large their batches are. */
public final class DataSettings {
  public static final Setting<Path> DATA =
      Setting.ofPath("data")
          .in(SettingGroup.DATA)
          .basic()
          .doc(
              "Folder with the binarised data and its dictionaries; for training also several, with"
                  + " the same dictionaries: A:B are shards, one an epoch, A,B are sets that are"
                  + " mixed; all else is read from the first");

  public static final Setting<List<Double>> SAMPLING =
      Setting.ofDoubles("sampling")
          .in(SettingGroup.DATA)
          .doc(
              "Weights of the training sets (data: A,B), above 0: an epoch has as many pairs as all"
                  + " sets together, shared out in proportion; not given: sampling-temperature");

  public static final Setting<Double> SAMPLING_TEMPERATURE =
      Setting.ofDouble("sampling-temperature")
          .in(SettingGroup.DATA)
          .defaultsTo(1.0)
          .atLeast(1)
          .doc(
              "Training sets have shares in proportion to size^(1/T): 1 is every pair once an epoch,"
                  + " larger ones favour small sets");

  public static final Setting<Integer> SHUFFLE_BUFFER =
      Setting.ofInt("shuffle-buffer")
          .in(SettingGroup.DATA)
          .defaultsTo(0)
          .atLeast(0)
          .unit("sentence pairs")
          .doc(
              "Pairs that are shuffled and grouped by length together; an epoch of more is read in"
                  + " blocks of so many, ahead and in sequence; 0: all up to 10 million, of more 2"
                  + " million at a time");

  public static final Setting<String> SOURCE_LANG =
      Setting.ofString("source-lang")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Source language, for example en; not given: that of the data folder");

  public static final Setting<String> TARGET_LANG =
      Setting.ofString("target-lang")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Target language, for example de; not given: that of the data folder");

  /** How large a batch may be. */
  public static final Setting<Integer> MAX_TOKENS =
      Setting.ofInt("max-tokens")
          .in(SettingGroup.TRAINING)
          .basic()
          .defaultsTo(4096)
          .atLeast(1)
          .unit("tokens")
          .doc("Most tokens of a batch, padding counted, of its longer side");

  public static final Setting<String> SUBSET =
      Setting.ofString("gen-subset")
          .in(SettingGroup.DATA)
          .basic()
          .defaultsTo("test")
          .doc("Part of the data: valid or test");

  public static final Setting<String> VALID_SUBSET =
      Setting.ofString("valid-subset")
          .in(SettingGroup.DATA)
          .defaultsTo("valid")
          .doc("Part of the data to validate on");

  public static final Setting<Boolean> SKIP_INVALID =
      Setting.ofBoolean("skip-invalid-size-inputs")
          .in(SettingGroup.DECODING)
          .defaultsTo(false)
          .doc(
              "Go on without source sentences that are too long for a model, which otherwise are an"
                  + " error; scores are those of the others");

  public static final Setting<Integer> BPE_OPERATIONS =
      Setting.ofInt("sample-bpe-operations")
          .in(SettingGroup.DATA)
          .basic()
          .defaultsTo(2000)
          .atLeast(1)
          .doc("BPE merges of the embedded task");

  private DataSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        DATA,
        SOURCE_LANG,
        TARGET_LANG,
        SAMPLING,
        SAMPLING_TEMPERATURE,
        SHUFFLE_BUFFER,
        MAX_TOKENS,
        SUBSET,
        VALID_SUBSET,
        SKIP_INVALID,
        BPE_OPERATIONS);
  }

  /** The settings of a data folder. */
  public static List<Setting<?>> ofFolder() {
    return List.of(DATA, SOURCE_LANG, TARGET_LANG);
  }

  /** The data folder that the settings name, with the languages that they ask for. */
  public static DataSource source(Settings settings) {
    return new DataSource(
        TrainingFolders.of(settings.get(DATA), settings.where(DATA)),
        settings.where(DATA),
        asked(settings, SOURCE_LANG),
        asked(settings, TARGET_LANG));
  }

  /** The same, where they name one. */
  public static Optional<DataSource> sourceIfGiven(Settings settings) {
    return settings.has(DATA) ? Optional.of(source(settings)) : Optional.empty();
  }

  /** The languages that the settings ask for, of a folder that is known otherwise. */
  public static DataSource languages(Settings settings, Path folder) {
    return new DataSource(
        new TrainingFolders(List.of(List.of(folder))),
        settings.where(DATA),
        asked(settings, SOURCE_LANG),
        asked(settings, TARGET_LANG));
  }

  private static Optional<DataSource.Asked> asked(Settings settings, Setting<String> language) {
    return settings.has(language)
        ? Optional.of(new DataSource.Asked(settings.get(language), settings.where(language)))
        : Optional.empty();
  }

  /**
   * The sizes of the dictionaries of a model that is measured and not trained: the size given, else
   * the data folder's, else the default.
   */
  public static Vocabulary.Choice vocabulary(Settings settings) {
    int size = settings.get(MeasureSettings.VOCABULARY_SIZE);
    boolean given = settings.has(MeasureSettings.VOCABULARY_SIZE);
    if (given || !settings.has(DATA)) {
      String origin =
          given ? "--" + MeasureSettings.VOCABULARY_SIZE.key() : "the default: no --data given";
      return () -> new Vocabulary(size, size, origin);
    }
    DataSource source = source(settings);
    ConfigurationException absent =
        settings.error(
            DATA,
            "a data folder that is there; without one give --"
                + MeasureSettings.VOCABULARY_SIZE.key());
    return () -> {
      if (!Files.isDirectory(source.folder())) {
        throw absent;
      }
      return Vocabulary.of(DataFolder.open(source));
    };
  }
}
