package mos.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.base.Sha256;
import mos.data.ParallelCorpus;

/** What identifies the contents of data folders. */
final class DataHashes {
  /** Of larger files not everything is read: a training must not wait for that. */
  private static final long WHOLE = 1L << 30;

  private final TrainingFolders folders;
  private final ParallelCorpus.LanguagePair languages;

  DataHashes(TrainingFolders folders, ParallelCorpus.LanguagePair languages) {
    this.folders = folders;
    this.languages = languages;
  }

  /**
   * SHA-256 of the files of each split that is there, and under "codes" of the BPE codes or
   * SentencePiece models, if any. The training split is that of all folders, and all of its parts
   * (train, train1, …).
   */
  Map<String, String> of(String... splits) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (String split : splits) {
      put(hashes, split, split.equals("train") ? training() : split(folders.first(), split));
    }
    put(hashes, "codes", hash(folders.first(), "codes"));
    put(hashes, "codes", hash(folders.first(), "sentencepiece"));
    return hashes;
  }

  private static void put(Map<String, String> hashes, String key, String hash) {
    if (!hash.isEmpty()) {
      hashes.put(key, hash);
    }
  }

  private String training() {
    if (folders.all().size() == 1) {
      return split(folders.first(), "train");
    }
    List<List<String>> all = new ArrayList<>();
    for (List<Path> shards : folders.sets()) {
      all.add(shards.stream().map(shard -> split(shard, "train")).toList());
    }
    return (all.toString().contains(Sha256.SAMPLED) ? Sha256.SAMPLED : "")
        + Sha256.of(all.toString());
  }

  private String split(Path folder, String split) {
    String parts = split.equals("train") ? split + "[0-9]*" : split;
    return hash(folder, parts + "\\." + languages.source() + "-" + languages.target() + "\\.");
  }

  /** Of the files whose names start so; empty where there are none. */
  private static String hash(Path folder, String start) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> some =
          files
              .filter(file -> file.getFileName().toString().matches(start + ".*"))
              .sorted()
              .toList();
      if (some.isEmpty()) {
        return "";
      }
      boolean large = false;
      for (Path file : some) {
        large |= Files.size(file) > WHOLE;
      }
      return large ? Sha256.sampled(some) : Sha256.of(some);
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }
}
