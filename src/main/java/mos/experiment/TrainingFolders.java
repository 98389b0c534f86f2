package mos.experiment;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.data.ParallelCorpus;
import mos.data.Sampling;
import mos.data.TrainingSet;

/**
 * Folders of training data: sets between commas, and a set's shards, one an epoch, between colons
 * (semicolons on Windows). A folder whose name has such a sign is one folder.
 *
 * <p>Source: the colon is fairseq's.
 *
 * @param sets the shards of each
 */
public record TrainingFolders(List<List<Path>> sets) {
  public TrainingFolders {
    sets = sets.stream().map(List::copyOf).toList();
  }

  /**
   * Reads what {@code --data} names.
   *
   * @param where who named it, for messages
   * @throws ConfigurationException when a name is missing between two signs
   */
  public static TrainingFolders of(Path given, String where) {
    if (Files.exists(given)) {
      return new TrainingFolders(List.of(List.of(given)));
    }
    List<List<Path>> sets = new ArrayList<>();
    for (String set : parts(given.toString(), ",")) {
      List<Path> shards = new ArrayList<>();
      for (String shard : parts(set, File.pathSeparator)) {
        if (shard.isBlank()) {
          throw new ConfigurationException(
              "data: got '" + given + "', a folder is missing in it (" + where + ")");
        }
        shards.add(Path.of(shard.strip()));
      }
      sets.add(shards);
    }
    return new TrainingFolders(sets);
  }

  /** Between signs; neighbours that together name something that is there stay together. */
  private static List<String> parts(String text, String sign) {
    String[] pieces = text.split(Pattern.quote(sign), -1);
    List<String> parts = new ArrayList<>();
    for (int from = 0; from < pieces.length; ) {
      int to = pieces.length;
      while (to > from + 1 && !Files.exists(Path.of(joined(pieces, from, to, sign)))) {
        to--;
      }
      parts.add(joined(pieces, from, to, sign));
      from = to;
    }
    return parts;
  }

  private static String joined(String[] pieces, int from, int to, String sign) {
    return String.join(sign, List.of(pieces).subList(from, to));
  }

  /** The folder whose dictionaries, languages and other sets are used. */
  public Path first() {
    return sets.get(0).get(0);
  }

  /** All, in order. */
  public List<Path> all() {
    return sets.stream().flatMap(List::stream).distinct().toList();
  }

  /**
   * Opens all training sets. Everything that can be wrong with any is found now.
   *
   * @param data the first folder
   * @throws ConfigurationException when a folder is not there, or has other dictionaries or
   *     languages
   * @throws MosException when training data are missing or damaged
   */
  TrainingSet open(DataFolder data, String where, Sampling sampling) {
    List<List<ParallelCorpus>> opened = new ArrayList<>();
    try {
      for (List<Path> shards : sets) {
        List<ParallelCorpus> set = new ArrayList<>();
        opened.add(set);
        for (Path shard : shards) {
          set.add(open(shard, data, where));
        }
      }
      return new TrainingSet(opened, sampling);
    } catch (RuntimeException e) {
      opened.forEach(set -> set.forEach(ParallelCorpus::close));
      throw e;
    }
  }

  private static ParallelCorpus open(Path folder, DataFolder data, String where) {
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException("data: no such folder: " + folder + " (" + where + ")");
    }
    ParallelCorpus corpus = data.trainingIn(folder);
    if (corpus.size() == 0) {
      corpus.close();
      throw new MosException("the training set has no sentences (" + corpus.source().name() + ")");
    }
    return corpus;
  }
}
