package mos.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.DataLock;
import mos.base.MosException;
import mos.base.Sha256;
import mos.command.settings.DataSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.train.ModelDescription;
import mos.translation.RawText;

/** A folder of binarised parallel text, as {@code preprocess} or fairseq makes it. */
final class DataFolder {
  private final Path folder;
  private final ParallelCorpus.LanguagePair languages;
  private final Dictionary sourceDictionary;
  private final Dictionary targetDictionary;

  private DataFolder(Path folder, ParallelCorpus.LanguagePair languages) {
    this.folder = folder;
    this.languages = languages;
    this.sourceDictionary = ParallelCorpus.dictionary(folder, languages.source());
    this.targetDictionary = ParallelCorpus.dictionary(folder, languages.target());
  }

  static List<Setting<?>> settings() {
    return List.of(DataSettings.DATA, DataSettings.SOURCE_LANG, DataSettings.TARGET_LANG);
  }

  static DataFolder open(Settings settings) {
    Path folder = settings.get(DataSettings.DATA);
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(
          "data: no such folder: "
              + folder
              + " ("
              + settings.where(DataSettings.DATA)
              + "); see `preprocess`");
    }
    return new DataFolder(folder, languages(settings, folder));
  }

  /**
   * The folder's languages, in the direction that the settings ask for.
   *
   * @throws ConfigurationException when the folder has other languages than the settings
   */
  private static ParallelCorpus.LanguagePair languages(Settings settings, Path folder) {
    List<ParallelCorpus.LanguagePair> pairs = ParallelCorpus.languagePairs(folder);
    if (!settings.has(DataSettings.SOURCE_LANG) && !settings.has(DataSettings.TARGET_LANG)) {
      return pairs.size() == 1 ? pairs.get(0) : ParallelCorpus.languagePair(folder);
    }
    List<ParallelCorpus.LanguagePair> wanted = new ArrayList<>();
    for (ParallelCorpus.LanguagePair pair : pairs) {
      for (ParallelCorpus.LanguagePair one : List.of(pair, pair.reversed())) {
        if (isAsked(settings, DataSettings.SOURCE_LANG, one.source())
            && isAsked(settings, DataSettings.TARGET_LANG, one.target())
            && !wanted.contains(one)) {
          wanted.add(one);
        }
      }
    }
    if (wanted.size() == 1) {
      return wanted.get(0);
    }
    if (pairs.isEmpty()
        && settings.has(DataSettings.SOURCE_LANG)
        && settings.has(DataSettings.TARGET_LANG)) {
      return new ParallelCorpus.LanguagePair(
          settings.get(DataSettings.SOURCE_LANG), settings.get(DataSettings.TARGET_LANG));
    }
    throw otherLanguages(
        settings,
        "the data in " + folder,
        pairs.stream().map(Object::toString).collect(Collectors.joining(", ")));
  }

  private static boolean isAsked(Settings settings, Setting<String> setting, String language) {
    return !settings.has(setting) || settings.get(setting).equals(language);
  }

  private static ConfigurationException otherLanguages(Settings settings, String what, String has) {
    List<String> asked = new ArrayList<>();
    for (Setting<String> setting : List.of(DataSettings.SOURCE_LANG, DataSettings.TARGET_LANG)) {
      if (settings.has(setting)) {
        asked.add(
            setting.key() + " " + settings.get(setting) + " (" + settings.where(setting) + ")");
      }
    }
    return new ConfigurationException(
        "languages: got "
            + String.join(" and ", asked)
            + ", but "
            + what
            + " has "
            + (has.isEmpty() ? "none" : has)
            + "; languages that are not given are those of the data");
  }

  /**
   * An exported model's folder, which has dictionaries and codes but no corpora.
   *
   * @throws ConfigurationException when the settings ask for other languages
   */
  static DataFolder ofModel(Settings settings, Path folder, ModelDescription description) {
    DataFolder data =
        new DataFolder(
            folder,
            new ParallelCorpus.LanguagePair(
                description.sourceLanguage(), description.targetLanguage()));
    if (!isAsked(settings, DataSettings.SOURCE_LANG, data.sourceLanguage())
        || !isAsked(settings, DataSettings.TARGET_LANG, data.targetLanguage())) {
      throw otherLanguages(settings, "the model in " + folder, data.languages.toString());
    }
    return data;
  }

  /**
   * Checks that these are the languages and dictionaries that a model was trained with.
   *
   * @param where the model, for the message
   */
  void check(ModelDescription model, String where) {
    ParallelCorpus.LanguagePair trained =
        new ParallelCorpus.LanguagePair(model.sourceLanguage(), model.targetLanguage());
    if (!trained.equals(languages)) {
      throw new ConfigurationException(
          "languages: got "
              + languages
              + " of "
              + folder
              + ", but "
              + where
              + " was trained for "
              + trained);
    }
    model.checkDictionaries(sourceDictionary, targetDictionary, where);
  }

  /** How raw text becomes this folder's symbols, and back. */
  RawText rawText() {
    return RawText.of(folder, languages.source(), languages.target());
  }

  Path folder() {
    return folder;
  }

  String sourceLanguage() {
    return languages.source();
  }

  String targetLanguage() {
    return languages.target();
  }

  Dictionary sourceDictionary() {
    return sourceDictionary;
  }

  Dictionary targetDictionary() {
    return targetDictionary;
  }

  /**
   * SHA-256 of the files of each split that is there, and under "codes" of the BPE codes, if any.
   */
  Map<String, String> hashes(String... splits) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (String split : splits) {
      hash(split + "." + languages.source() + "-" + languages.target() + ".", split, hashes);
    }
    hash("codes", "codes", hashes);
    return hashes;
  }

  private void hash(String start, String key, Map<String, String> hashes) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> some =
          files.filter(file -> file.getFileName().toString().startsWith(start)).sorted().toList();
      if (!some.isEmpty()) {
        hashes.put(key, Sha256.of(some));
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  /** Keeps others from replacing the folder's files as long as it is open. */
  DataLock reading() {
    return DataLock.reading(folder);
  }

  /**
   * A split: train, valid or test; the caller closes it.
   *
   * @throws MosException when it is not there or has no sentences
   */
  ParallelCorpus split(String name) {
    ParallelCorpus corpus =
        ParallelCorpus.open(folder, name, languages, sourceDictionary, targetDictionary);
    if (corpus.size() == 0) {
      corpus.close();
      String set =
          name.startsWith("valid") ? "validation" : name.startsWith("train") ? "training" : name;
      throw new MosException(
          "the " + set + " set has no sentences (" + corpus.source().name() + ")");
    }
    return corpus;
  }
}
