package mos.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.Sha256;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.train.ModelDescription;
import mos.translation.RawText;

/** A folder of binarised parallel text, as {@code preprocess} or fairseq makes it. */
final class DataFolder {
  static final Setting<Path> DATA =
      Setting.ofPath("data")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Folder with the binarised data and its dictionaries");
  static final Setting<String> SOURCE_LANG =
      Setting.ofString("source-lang")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Source language, for example en");
  static final Setting<String> TARGET_LANG =
      Setting.ofString("target-lang")
          .in(SettingGroup.DATA)
          .basic()
          .doc("Target language, for example de");

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
    return List.of(DATA, SOURCE_LANG, TARGET_LANG);
  }

  static DataFolder open(Settings settings) {
    Path folder = settings.get(DATA);
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(
          "data: no such folder: " + folder + " (" + settings.where(DATA) + "); see `preprocess`");
    }
    boolean given = settings.has(SOURCE_LANG) && settings.has(TARGET_LANG);
    ParallelCorpus.LanguagePair languages =
        given
            ? new ParallelCorpus.LanguagePair(settings.get(SOURCE_LANG), settings.get(TARGET_LANG))
            : ParallelCorpus.languagePair(folder);
    check(settings, SOURCE_LANG, languages.source(), folder);
    check(settings, TARGET_LANG, languages.target(), folder);
    return new DataFolder(folder, languages);
  }

  /** Refuses a language that no file of the folder is of. */
  private static void check(
      Settings settings, Setting<String> setting, String language, Path folder) {
    if (!settings.has(setting)) {
      return;
    }
    Set<String> there = languagesOf(folder);
    boolean other = !settings.get(setting).equals(language);
    if (other || !there.isEmpty() && !there.contains(language)) {
      throw settings.error(
          setting, "one of " + String.join(", ", there) + ", the languages of " + folder);
    }
  }

  /** Those of dictionaries and corpora, by their names. */
  private static Set<String> languagesOf(Path folder) {
    Set<String> languages = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString().split("\\.", -1))
          .filter(parts -> parts.length >= 3)
          .forEach(
              parts -> {
                if (parts[0].equals("dict") && parts[2].equals("txt")) {
                  languages.add(parts[1]);
                } else if (parts[1].matches("[^-]+-[^-]+")) {
                  languages.addAll(List.of(parts[1].split("-", -1)));
                }
              });
      return languages;
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  /** An exported model's folder, which has dictionaries and codes but no corpora. */
  static DataFolder ofModel(Path folder, ModelDescription description) {
    return new DataFolder(
        folder,
        new ParallelCorpus.LanguagePair(
            description.sourceLanguage(), description.targetLanguage()));
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

  /** A split: train, valid or test; the caller closes it. */
  ParallelCorpus split(String name) {
    return ParallelCorpus.open(folder, name, languages, sourceDictionary, targetDictionary);
  }
}
