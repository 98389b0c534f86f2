package mos.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Folders;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Sha256;
import mos.experiment.SupernetEvaluation.Supernet;
import mos.train.Checkpoint;
import mos.train.ModelDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of an evaluation of SuperTransformers: a score each.
 *
 * @param path of the folder
 * @param count architectures, whose numbers begin with 1
 */
record EvaluationFolder(Path path, int count) {
  private static final Logger LOG = LoggerFactory.getLogger(EvaluationFolder.class);
  private static final String BEGUN = "begun.json";
  private static final String SUPERNETS = "supernets.json";

  /** Refuses to mix results of other settings. */
  void begin(BegunWith now) {
    Path file = path.resolve(BEGUN);
    if (Files.exists(file)) {
      now.check(Json.read(file), "evaluation", file);
    } else {
      AtomicFile.writeString(file, Json.pretty(now.settings()));
    }
  }

  /**
   * Hashes of all SuperTransformers that were ever scored here, by name.
   *
   * @param check of a model and its file, whether it fits the data
   * @throws ConfigurationException for a name that was another checkpoint's, for a checkpoint that
   *     is not there and whose scores are not, and for one of other data
   */
  Map<String, String> hashes(
      Collection<Supernet> supernets, BiConsumer<ModelDescription, String> check) {
    Path file = path.resolve(SUPERNETS);
    Map<String, String> hashes = new TreeMap<>();
    if (Files.exists(file)) {
      Json.read(file).properties().forEach(e -> hashes.put(e.getKey(), e.getValue().asText()));
    }
    for (Supernet one : supernets) {
      if (!Files.exists(one.checkpoint()) && hashes.containsKey(one.name()) && isScored(one)) {
        LOG.info("{}: {} is gone, its scores are here", one.name(), one.checkpoint());
        continue;
      }
      try (Checkpoint checkpoint = Checkpoint.open(one.checkpoint())) {
        check.accept(checkpoint.description(), one.checkpoint().toString());
      }
      String hash = Sha256.of(one.checkpoint());
      String before = hashes.putIfAbsent(one.name(), hash);
      if (before != null && !before.equals(hash)) {
        throw new ConfigurationException(
            "supernets: "
                + one.checkpoint()
                + " is another checkpoint than that whose scores are in "
                + path.resolve(one.name())
                + "; give it another name (NAME=FILE)");
      }
    }
    AtomicFile.writeString(file, Json.pretty(Json.tree(hashes)));
    return hashes;
  }

  private boolean isScored(Supernet supernet) {
    return numbers().allMatch(i -> Files.exists(inherited(supernet.name(), i)));
  }

  private IntStream numbers() {
    return IntStream.rangeClosed(1, count);
  }

  Path trainingFolder(int number) {
    return path.resolve(String.format(Locale.ROOT, "training-%03d", number));
  }

  void deleteTraining(int number) {
    Path folder = trainingFolder(number);
    try {
      Folders.delete(folder);
    } catch (IOException e) {
      throw new MosException("cannot delete " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  Path standalone(int number) {
    return path.resolve(numbered(SupernetEvaluation.STANDALONE, number));
  }

  Path inherited(String name, int number) {
    return path.resolve(name).resolve(numbered("inherited", number));
  }

  private static String numbered(String what, int number) {
    return String.format(Locale.ROOT, "%s-%03d.json", what, number);
  }
}
