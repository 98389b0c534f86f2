package mos.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.base.AtomicFile;
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
      throw new MosException(
          "data: no such folder: " + folder + " (" + settings.where(DATA) + "); see `preprocess`");
    }
    ParallelCorpus.LanguagePair languages =
        settings.has(SOURCE_LANG) && settings.has(TARGET_LANG)
            ? new ParallelCorpus.LanguagePair(settings.get(SOURCE_LANG), settings.get(TARGET_LANG))
            : ParallelCorpus.languagePair(folder);
    return new DataFolder(folder, languages);
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
