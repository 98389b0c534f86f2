package mos.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import mos.base.ConfigurationException;
import mos.base.DataLocks;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.data.Sampling;
import mos.data.TrainingSet;
import mos.train.ModelDescription;
import mos.translation.RawText;

/** A folder of binarised parallel text, as {@code preprocess} or fairseq makes it. */
public final class DataFolder {
  private static final String TRAIN = "train";

  private final Path folder;
  private final DataSource asked;
  private final ParallelCorpus.LanguagePair languages;
  private final Dictionary sourceDictionary;
  private final Dictionary targetDictionary;

  private DataFolder(Path folder, DataSource asked, ParallelCorpus.LanguagePair languages) {
    this.folder = folder;
    this.asked = asked;
    this.languages = languages;
    this.sourceDictionary = ParallelCorpus.dictionary(folder, languages.source());
    this.targetDictionary = ParallelCorpus.dictionary(folder, languages.target());
  }

  /**
   * Opens a folder.
   *
   * @throws ConfigurationException when there is none, or it has other languages than are asked for
   */
  public static DataFolder open(DataSource source) {
    Path folder = source.folder();
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(
          "data: no such folder: " + folder + " (" + source.where() + "); see `preprocess`");
    }
    return new DataFolder(folder, source, languages(source));
  }

  /** The folder's languages, in the direction that is asked for. */
  private static ParallelCorpus.LanguagePair languages(DataSource asked) {
    Path folder = asked.folder();
    List<ParallelCorpus.LanguagePair> pairs = ParallelCorpus.languagePairs(folder);
    if (asked.source().isEmpty() && asked.target().isEmpty()) {
      return pairs.size() == 1 ? pairs.get(0) : ParallelCorpus.languagePair(folder);
    }
    List<ParallelCorpus.LanguagePair> wanted = new ArrayList<>();
    for (ParallelCorpus.LanguagePair pair : pairs) {
      for (ParallelCorpus.LanguagePair one : List.of(pair, pair.reversed())) {
        if (isAsked(asked.source(), one.source())
            && isAsked(asked.target(), one.target())
            && !wanted.contains(one)) {
          wanted.add(one);
        }
      }
    }
    if (wanted.size() == 1) {
      return wanted.get(0);
    }
    if (pairs.isEmpty() && asked.source().isPresent() && asked.target().isPresent()) {
      return new ParallelCorpus.LanguagePair(
          asked.source().get().code(), asked.target().get().code());
    }
    throw otherLanguages(
        asked,
        "the data in " + folder,
        pairs.stream().map(Object::toString).collect(Collectors.joining(", ")));
  }

  private static boolean isAsked(Optional<DataSource.Asked> asked, String language) {
    return asked.isEmpty() || asked.get().code().equals(language);
  }

  private static ConfigurationException otherLanguages(DataSource source, String what, String has) {
    List<String> asked = new ArrayList<>();
    source.source().ifPresent(one -> asked.add("source-lang " + one.code() + in(one)));
    source.target().ifPresent(one -> asked.add("target-lang " + one.code() + in(one)));
    return new ConfigurationException(
        "languages: got "
            + String.join(" and ", asked)
            + ", but "
            + what
            + " has "
            + (has.isEmpty() ? "none" : has)
            + "; languages that are not given are those of the data");
  }

  private static String in(DataSource.Asked one) {
    return " (" + one.where() + ")";
  }

  /**
   * An exported model's folder, which has dictionaries and codes but no corpora.
   *
   * @param languages that are asked for
   * @throws ConfigurationException when the model has others
   */
  public static DataFolder ofModel(
      Path folder, ModelDescription description, DataSource languages) {
    DataFolder data =
        new DataFolder(
            folder,
            DataSource.of(folder),
            new ParallelCorpus.LanguagePair(
                description.sourceLanguage(), description.targetLanguage()));
    if (!isAsked(languages.source(), data.sourceLanguage())
        || !isAsked(languages.target(), data.targetLanguage())) {
      throw otherLanguages(languages, "the model in " + folder, data.languages.toString());
    }
    return data;
  }

  /**
   * Checks that these are the languages and dictionaries that a model was trained with.
   *
   * @param where the model, for the message
   */
  public void check(ModelDescription model, String where) {
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
  public RawText rawText() {
    return RawText.of(folder, languages.source(), languages.target());
  }

  /** Where it is. */
  public Path folder() {
    return folder;
  }

  /** Source language, for example en. */
  public String sourceLanguage() {
    return languages.source();
  }

  /** Target language. */
  public String targetLanguage() {
    return languages.target();
  }

  /** Dictionary of the source language. */
  public Dictionary sourceDictionary() {
    return sourceDictionary;
  }

  /** Dictionary of the target language. */
  public Dictionary targetDictionary() {
    return targetDictionary;
  }

  /**
   * SHA-256 of the files of each split that is there, and under "codes" of the BPE codes or
   * SentencePiece models, if any; of files past 1 GiB it is that of samples.
   */
  public Map<String, String> hashes(String... splits) {
    return new DataHashes(asked.folders(), languages).of(splits);
  }

  /** Keeps others from replacing the files of this and all training folders while it is open. */
  public DataLocks reading() {
    return DataLocks.reading(asked.folders().all());
  }

  /**
   * The training sets of all folders that were asked for; the caller closes it.
   *
   * @throws ConfigurationException when a folder is not there or does not belong to the first
   * @throws MosException when data are missing, damaged or too many
   */
  public TrainingSet training(Sampling sampling) {
    return asked.folders().open(this, asked.where(), sampling);
  }

  /** The training data of another folder, made with the same dictionaries. */
  ParallelCorpus trainingIn(Path other) {
    if (!other.equals(folder)) {
      sameDictionary(other, languages.source(), sourceDictionary);
      sameDictionary(other, languages.target(), targetDictionary);
    }
    return ParallelCorpus.openAll(other, TRAIN, languages, sourceDictionary, targetDictionary);
  }

  private void sameDictionary(Path other, String language, Dictionary here) {
    Dictionary there = ParallelCorpus.dictionary(other, language);
    if (!there.hash().equals(here.hash())) {
      throw new ConfigurationException(
          "data: the dictionary of "
              + language
              + " in "
              + other
              + " ("
              + there.size()
              + " symbols) is not that in "
              + folder
              + " ("
              + here.size()
              + " symbols): training sets must be preprocessed with the same --bpe-codes, --srcdict"
              + " and --tgtdict");
    }
  }

  /**
   * A split of the first folder: train with its parts train1, …, valid or test; the caller closes
   * it.
   *
   * @throws MosException when it is not there or has no sentences
   */
  public ParallelCorpus split(String name) {
    ParallelCorpus corpus =
        name.equals(TRAIN)
            ? trainingIn(folder)
            : ParallelCorpus.open(folder, name, languages, sourceDictionary, targetDictionary);
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
