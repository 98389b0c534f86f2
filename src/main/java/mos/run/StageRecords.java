package mos.run;

import com.fasterxml.jackson.databind.JsonNode;
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
import mos.base.MosException;
import mos.base.Sha256;
import mos.command.Identity;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Provenance;
import mos.results.ResultJson;
import mos.results.StageRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which stages of a run are finished, with which settings, and what they gave: a file each in the
 * folder {@code stages}. A stage whose settings, or whose predecessors, changed is done anew.
 */
final class StageRecords {
  private static final Logger LOG = LoggerFactory.getLogger(StageRecords.class);

  /** Its name in a run's folder. */
  static final String FOLDER = "stages";

  private static final String AFTER = "after ";

  private final Path out;
  private final Path folder;
  private final PreviousResults previous;
  private final Identity identity;
  private final Set<String> damaged = new TreeSet<>();
  private final Map<String, String> fingerprints = new LinkedHashMap<>();
  private final Map<String, Map<String, String>> settings = new LinkedHashMap<>();

  StageRecords(Path out) {
    this.out = out;
    this.folder = out.resolve(FOLDER);
    this.identity = Identity.ofRun(out);
    this.previous = new PreviousResults(out.resolve("previous"));
  }

  /** The result of a stage if it is finished and unchanged, else null. */
  StageResults.Finished finished(Stage stage, Settings settings) {
    Map<String, String> now = decisive(stage, settings);
    String fingerprint = Sha256.of(stage.command().name() + now);
    this.settings.put(stage.name(), now);
    StageRecord record = record(stage);
    Set<String> changed = changed(stage, settings, record);
    if (record != null && !changed.isEmpty() && !extended(stage, record, changed)) {
      setAside(stage, record, changed);
      record = null;
    }
    if (record == null
        && previous.takeBack(
            stage, kept -> changed(stage, settings, kept).isEmpty(), file(stage))) {
      LOG.info("results of {} with these settings are taken back", stage.name());
      record = record(stage);
      changed = Set.of();
    }
    boolean same = record != null && changed.isEmpty();
    // What follows from these results names them as they were named when they were made.
    fingerprints.put(stage.name(), same ? record.fingerprint() : fingerprint);
    return same && record.finished() && isWhole(stage, settings, record) ? result(record) : null;
  }

  private static StageResults.Finished result(StageRecord record) {
    return new StageResults.Finished(record.seconds(), record.figures());
  }

  /**
   * Keys of the settings that differ from those of a record.
   *
   * @param record null where there is none, from which all differ
   */
  private Set<String> changed(Stage stage, Settings settings, StageRecord record) {
    Map<String, String> before = record == null ? Map.of() : record.told();
    Set<String> changed = new TreeSet<>();
    this.settings
        .get(stage.name())
        .forEach(
            (key, now) -> {
              String saved = before.get(key);
              boolean same =
                  key.startsWith(AFTER)
                      ? now.equals(saved)
                      : identity.same(stage.command(), settings, key, saved, now);
              if (!same) {
                changed.add(key);
              }
            });
    return changed;
  }

  /** Whether no more than a work's size was raised, so that it goes on. */
  private boolean extended(Stage stage, StageRecord record, Set<String> changed) {
    Set<String> keys =
        stage.command().settings().stream()
            .filter(setting -> setting.effect().goesOn(record.finished()))
            .map(Setting::key)
            .collect(Collectors.toSet());
    return keys.containsAll(changed)
        && changed.stream()
            .allMatch(key -> isMore(settings.get(stage.name()).get(key), record, key));
  }

  private static boolean isMore(String now, StageRecord record, String key) {
    String before = record.told().get(key);
    return before != null
        && before.matches("\\d{1,18}")
        && Long.parseLong(now) > Long.parseLong(before);
  }

  /** Null where there is none, or none that can be read, which only costs doing it again. */
  private StageRecord record(Stage stage) {
    if (!Files.exists(file(stage))) {
      return null;
    }
    try {
      return ResultJson.read(file(stage), StageRecord.class);
    } catch (MosException e) {
      if (damaged.add(stage.name())) {
        LOG.warn("{}: the stage is gone through again", e.getMessage());
      }
      return null;
    }
  }

  /** Whether all that a finished stage made is there with the size it had. */
  private boolean isWhole(Stage stage, Settings settings, StageRecord record) {
    for (Path output : stage.outputs()) {
      if (!Files.exists(output)) {
        LOG.warn("{} is gone: the stage is gone through again", output);
        return false;
      }
    }
    for (Map.Entry<String, Long> product : record.made().entrySet()) {
      Path file = product(stage, settings, product.getKey());
      long now = size(file);
      if (now != product.getValue()) {
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
    for (Path product : stage.command().products(settings)) {
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

  private Map<String, Long> sizes(List<Path> products) {
    Map<String, Long> sizes = new LinkedHashMap<>();
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

  /** Whether a stage has begun, with the settings that it has now. */
  boolean begun(Stage stage) {
    return record(stage) != null;
  }

  /** Seconds that unfinished attempts with the same settings took. */
  double secondsSoFar(Stage stage) {
    StageRecord record = record(stage);
    return record == null ? 0 : record.seconds();
  }

  /**
   * Notes an attempt.
   *
   * @param figures null where it did not end
   */
  void save(Stage stage, Settings settings, double seconds, JsonNode figures) {
    ResultJson.write(
        file(stage),
        new StageRecord(
            stage.name(),
            fingerprints.get(stage.name()),
            this.settings.get(stage.name()),
            figures != null,
            seconds,
            stage.commandLine(),
            Provenance.versions(),
            figures,
            figures == null ? null : sizes(stage.command().products(settings))));
  }

  /** What a finished stage gave, whatever its settings are now; null where it is not finished. */
  StageResults.Finished recorded(Stage stage) {
    StageRecord record = record(stage);
    if (record == null || !record.finished()) {
      return null;
    }
    fingerprints.put(stage.name(), record.fingerprint());
    return result(record);
  }

  /** Puts another result in the place of a finished stage's, which was gone through again. */
  StageResults.Finished amend(Stage stage, JsonNode figures) {
    StageRecord record = ResultJson.read(file(stage), StageRecord.class).with(figures);
    ResultJson.write(file(stage), record);
    return result(record);
  }

  private Path file(Stage stage) {
    return folder.resolve(stage.name() + ".json");
  }

  private void setAside(Stage stage, StageRecord record, Set<String> changed) {
    Path kept = previous.add(stage, record.fingerprint(), file(stage));
    if (!stage.outputs().isEmpty()) {
      LOG.warn(
          "other settings than before{}: results of {} are kept in {} and come back with them",
          differences(record.told(), settings.get(stage.name()), changed),
          stage.name(),
          kept);
    }
  }

  /** Which settings, where the record tells them. */
  private static String differences(
      Map<String, String> before, Map<String, String> now, Set<String> changed) {
    String all =
        changed.stream()
            .filter(key -> !before.isEmpty() && !key.startsWith(AFTER))
            .map(
                key ->
                    key + " " + before.getOrDefault(key, "none") + " before, now " + now.get(key))
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? "" : " (" + all + ")";
  }

  private Map<String, String> decisive(Stage stage, Settings settings) {
    Map<String, String> parts = new TreeMap<>();
    identity
        .of(stage.command(), settings)
        .forEach((key, value) -> parts.put(key, String.valueOf(value)));
    stage.after().forEach(name -> parts.put(AFTER + name, fingerprints.get(name)));
    return parts;
  }
}
