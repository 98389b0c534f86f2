package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Sha256;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Provenance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which stages of a run are finished, with which settings, and what they gave: a file each in the
 * folder {@code stages}. A stage whose settings, or whose predecessors, changed is done anew.
 */
final class StageRecords {
  private static final Logger LOG = LoggerFactory.getLogger(StageRecords.class);

  private static final String AFTER = "after ";

  private final Path out;
  private final Path folder;
  private final PreviousResults previous;
  private final Identity identity;
  private final Map<String, String> fingerprints = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

  StageRecords(Path out) {
    this.out = out;
    this.folder = out.resolve("stages");
    this.identity = Identity.ofRun(out);
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
    Map<String, String> now = decisive(stage, settings);
    String fingerprint = Sha256.of(stage.task().name() + now);
    this.settings.put(stage.name(), now);
    JsonNode record = record(stage);
    Set<String> changed = changed(stage, settings, record);
    if (!record.isMissingNode() && !changed.isEmpty() && !extended(stage, record, changed)) {
      setAside(stage, record, changed);
      record = MissingNode.getInstance();
    }
    if (record.isMissingNode()
        && previous.takeBack(
            stage, kept -> changed(stage, settings, kept).isEmpty(), file(stage))) {
      LOG.info("results of {} with these settings are taken back", stage.name());
      record = record(stage);
      changed = Set.of();
    }
    boolean same = !record.isMissingNode() && changed.isEmpty();
    // What follows from these results names them as they were named when they were made.
    fingerprints.put(stage.name(), same ? record.path("fingerprint").asText() : fingerprint);
    if (same
        && record.path("finished").asBoolean()
        && isWhole(stage, settings, record.path("products"))) {
      return new Finished(record.path("seconds").asDouble(), (ObjectNode) record.path("figures"));
    }
    return null;
  }

  /** Keys of the settings that differ from those of a record. */
  private Set<String> changed(Stage stage, Settings settings, JsonNode record) {
    JsonNode before = record.path("settings");
    Set<String> changed = new TreeSet<>();
    this.settings
        .get(stage.name())
        .forEach(
            (key, now) -> {
              String saved = before.path(key).isTextual() ? before.path(key).asText() : null;
              boolean same =
                  key.startsWith(AFTER)
                      ? now.equals(saved)
                      : identity.same(stage.task(), settings, key, saved, now);
              if (!same) {
                changed.add(key);
              }
            });
    return changed;
  }

  /** Whether no more than a work's size was raised, so that it goes on. */
  private boolean extended(Stage stage, JsonNode record, Set<String> changed) {
    boolean finished = record.path("finished").asBoolean();
    Set<String> keys =
        stage.task().settings().stream()
            .filter(setting -> setting.effect().goesOn(finished))
            .map(Setting::key)
            .collect(Collectors.toSet());
    return keys.containsAll(changed)
        && changed.stream()
            .allMatch(
                key ->
                    Long.parseLong(settings.get(stage.name()).get(key))
                        > record.path("settings").path(key).asLong(Long.MAX_VALUE));
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
  private boolean isWhole(Stage stage, Settings settings, JsonNode products) {
    for (Path output : stage.outputs()) {
      if (!Files.exists(output)) {
        LOG.warn("{} is gone: the stage is gone through again", output);
        return false;
      }
    }
    for (Map.Entry<String, JsonNode> product : products.properties()) {
      Path file = product(stage, settings, product.getKey());
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

  /**
   * A file that a record names: relative to the output folder; earlier versions told it as typed,
   * so it is one behind the end of which there is one of the stage's products.
   */
  private Path product(Stage stage, Settings settings, String name) {
    for (Path product : stage.task().products(settings)) {
      Path inside = relative(product);
      for (Path start = Path.of(name); start != null; start = start.getParent()) {
        if (start.endsWith(inside)) {
          return product.resolve(start.relativize(Path.of(name)).toString());
        }
      }
    }
    return out.resolve(name);
  }

  /** Relative to the output folder, if it is inside. */
  private Path relative(Path file) {
    Path root = Identity.real(out);
    Path real = Identity.real(file);
    return real.startsWith(root) ? root.relativize(real) : real;
  }

  /** -1 where there is no such file. */
  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : -1;
    } catch (IOException e) {
      return -1;
    }
  }

  private ObjectNode sizes(List<Path> products) {
    ObjectNode sizes = Json.object();
    for (Path product : products) {
      try (Stream<Path> files = Files.exists(product) ? Files.walk(product) : Stream.of()) {
        files
            .filter(file -> Files.isRegularFile(file) && !FolderLock.isLock(file))
            .sorted()
            .forEach(file -> sizes.put(relative(file).toString(), size(file)));
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

  private void setAside(Stage stage, JsonNode record, Set<String> changed) {
    Path kept = previous.add(stage, record.path("fingerprint").asText(), file(stage));
    if (!stage.outputs().isEmpty()) {
      LOG.warn(
          "other settings than before{}: results of {} are kept in {} and come back with them",
          differences(record.path("settings"), settings.get(stage.name()), changed),
          stage.name(),
          kept);
    }
  }

  /** Which settings, where the record tells them. */
  private static String differences(JsonNode before, Map<String, String> now, Set<String> changed) {
    String all =
        changed.stream()
            .filter(key -> before.isObject() && !key.startsWith(AFTER))
            .map(
                key -> key + " " + before.path(key).asText("none") + " before, now " + now.get(key))
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? "" : " (" + all + ")";
  }

  private Map<String, String> decisive(Stage stage, Settings settings) {
    Map<String, String> parts = new TreeMap<>();
    identity
        .of(stage.task(), settings)
        .forEach((key, value) -> parts.put(key, String.valueOf(value)));
    stage.after().forEach(name -> parts.put(AFTER + name, fingerprints.get(name)));
    return parts;
  }
}
