package mos.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Sha256;
import mos.config.Setting;
import mos.config.Settings;
import mos.train.TrainingSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which stages of a run are finished, with which settings, and what they gave: a file each in the
 * folder {@code stages}. A stage whose settings, or whose predecessors, changed is done anew.
 */
final class StageRecords {
  private static final Logger LOG = LoggerFactory.getLogger(StageRecords.class);

  /**
   * Threads and processes change rounding at most, and a user may free a core or a GPU at any time.
   */
  private static final Set<Setting<?>> FREE =
      Set.of(
          TrainingSettings.THREADS,
          PipelineSettings.NUM_GPUS,
          PipelineSettings.DISTRIBUTED_TIMEOUT);

  private static final String AFTER = "after ";

  private final Path folder;
  private final PreviousResults previous;
  private final Map<String, String> fingerprints = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

  StageRecords(Path out) {
    this.folder = out.resolve("stages");
    this.previous = new PreviousResults(out.resolve("previous"));
  }

  /**
   * What one stage gave.
   *
   * @param seconds time it took, interruptions included
   */
  record Finished(double seconds, ObjectNode figures) {}

  /** The record of a stage if it is finished and unchanged, else null. */
  Finished finished(Stage stage, Settings settings) {
    String fingerprint = fingerprint(stage, settings);
    fingerprints.put(stage.name(), fingerprint);
    JsonNode record = record(stage);
    if (!record.isMissingNode() && !record.path("fingerprint").asText().equals(fingerprint)) {
      setAside(stage, record);
      record = MissingNode.getInstance();
    }
    if (record.isMissingNode() && previous.takeBack(stage, fingerprint, file(stage))) {
      LOG.info("results of {} with these settings are taken back", stage.name());
      record = record(stage);
    }
    if (record.path("finished").asBoolean() && isWhole(stage, record.path("products"))) {
      return new Finished(record.path("seconds").asDouble(), (ObjectNode) record.path("figures"));
    }
    return null;
  }

  /** Missing where there is none, or none that can be read, which only costs doing it again. */
  private JsonNode record(Stage stage) {
    if (!Files.exists(file(stage))) {
      return MissingNode.getInstance();
    }
    try {
      return Json.read(file(stage));
    } catch (MosException e) {
      LOG.warn("{}: the stage is gone through again", e.getMessage());
      return MissingNode.getInstance();
    }
  }

  /** Whether all that a finished stage made is there with the size it had. */
  private static boolean isWhole(Stage stage, JsonNode products) {
    for (Path output : stage.outputs()) {
      if (!Files.exists(output)) {
        LOG.warn("{} is gone: the stage is gone through again", output);
        return false;
      }
    }
    for (Map.Entry<String, JsonNode> product : products.properties()) {
      Path file = Path.of(product.getKey());
      long now = size(file);
      if (now != product.getValue().asLong()) {
        LOG.warn(
            "{} {}: the stage is gone through again",
            file,
            now < 0 ? "is gone" : "has " + now + " bytes in place of " + product.getValue());
        return false;
      }
    }
    return true;
  }

  /** -1 where there is no such file. */
  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  private static ObjectNode sizes(List<Path> products) {
    ObjectNode sizes = Json.object();
    for (Path product : products) {
      try (Stream<Path> files = Files.exists(product) ? Files.walk(product) : Stream.of()) {
        files
            .filter(file -> Files.isRegularFile(file) && !FolderLock.isLock(file))
            .sorted()
            .forEach(file -> sizes.put(file.toString(), size(file)));
      } catch (IOException e) {
        throw new MosException("cannot read " + product + ": " + AtomicFile.describe(e), e);
      }
    }
    return sizes;
  }

  /** Seconds that unfinished attempts with the same settings took. */
  double secondsSoFar(Stage stage) {
    return record(stage).path("seconds").asDouble();
  }

  /** Notes an attempt. */
  void save(Stage stage, Settings settings, double seconds, ObjectNode figures) {
    ObjectNode record = Json.object();
    record.put("stage", stage.name());
    record.put("fingerprint", fingerprints.get(stage.name()));
    record.set("settings", Json.tree(this.settings.get(stage.name())));
    record.put("finished", figures != null);
    record.put("seconds", seconds);
    record.set("command", Json.tree(stage.commandLine()));
    record.set("provenance", Json.tree(Provenance.versions()));
    if (figures != null) {
      record.set("figures", figures);
      record.set("products", sizes(stage.task().products(settings)));
    }
    AtomicFile.writeString(file(stage), Json.pretty(record));
  }

  /** What a finished stage gave, whatever its settings are now; null where it is not finished. */
  Finished recorded(Stage stage) {
    JsonNode record = record(stage);
    return record.path("finished").asBoolean()
        ? new Finished(record.path("seconds").asDouble(), (ObjectNode) record.path("figures"))
        : null;
  }

  /** Puts other figures in the place of a finished stage's, which was gone through again. */
  Finished amend(Stage stage, ObjectNode figures) {
    ObjectNode record = (ObjectNode) Json.read(file(stage));
    record.set("figures", figures);
    AtomicFile.writeString(file(stage), Json.pretty(record));
    return new Finished(record.path("seconds").asDouble(), figures);
  }

  private Path file(Stage stage) {
    return folder.resolve(stage.name() + ".json");
  }

  private void setAside(Stage stage, JsonNode record) {
    Path kept = previous.add(stage, record.path("fingerprint").asText(), file(stage));
    if (!stage.outputs().isEmpty()) {
      LOG.warn(
          "other settings than before{}: results of {} are kept in {} and come back with them",
          differences(record.path("settings"), settings.get(stage.name())),
          stage.name(),
          kept);
    }
  }

  /** Which settings, where the record tells them. */
  private static String differences(JsonNode before, Map<String, String> now) {
    List<String> all = new ArrayList<>();
    now.forEach(
        (key, value) -> {
          String old = before.path(key).asText("none");
          if (before.isObject() && !key.startsWith(AFTER) && !old.equals(value)) {
            all.add(key + " " + old + " before, now " + value);
          }
        });
    return all.isEmpty() ? "" : " (" + String.join("; ", all) + ")";
  }

  private String fingerprint(Stage stage, Settings settings) {
    Map<String, String> parts = new TreeMap<>();
    Map<String, Object> values = settings.toMap();
    for (Setting<?> setting : stage.task().settings()) {
      if (!FREE.contains(setting) && values.containsKey(setting.key())) {
        parts.put(setting.key(), String.valueOf(values.get(setting.key())));
      }
    }
    if (parts.containsKey(TrainingSettings.UPDATE_FREQ.key())) {
      // Several processes share the task's micro-batches.
      int all = settings.get(TrainingSettings.UPDATE_FREQ) * LocalRanks.of(settings);
      parts.put(TrainingSettings.UPDATE_FREQ.key(), String.valueOf(all));
    }
    stage.after().forEach(name -> parts.put(AFTER + name, fingerprints.get(name)));
    this.settings.put(stage.name(), parts);
    return Sha256.of(stage.task().name() + parts);
  }
}
