package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Sha256;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.RunnerSettings;
import mos.command.settings.TaskFile;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.experiment.Provenance;

/** How a run was made, as its summary tells, and how it is made again. */
final class Reproduction {
  private static final String RUN = "run";

  private Reproduction() {}

  /** What a command was told: its own settings, by key. */
  static Map<String, Object> told(Command<?> command, Settings settings) {
    Map<String, Object> own = settings.toMap();
    own.keySet().retainAll(command.settings().stream().map(Setting::key).toList());
    return own;
  }

  /** The same with what the command was told. */
  static ObjectNode withSettings(Map<String, String> made, Command<?> task, Settings settings) {
    ObjectNode all = Json.object();
    made.forEach(all::put);
    all.set("settings", Json.tree(told(task, settings)));
    return all;
  }

  /** Notes in a summary how to make the run again, and what came of it. */
  static void ofRun(ObjectNode provenance, Settings given, DataFolder data, Path out) {
    Provenance.versions().forEach(provenance::put);
    provenance.set("data", Json.tree(data.hashes("train", "valid", "test")));
    ObjectNode run = provenance.putObject(RUN);
    Path task = TaskFile.of(given).file();
    run.put("task", TaskFile.of(given).name()).put("task_sha256", Sha256.of(task));
    ObjectNode files = run.putObject("configs");
    given.files().forEach(file -> files.put(file.toString(), Sha256.of(file)));
    run.set("options", Json.tree(given.overrides()));
    ObjectNode artefacts = provenance.putObject("artefacts");
    for (String name :
        new String[] {
          "supernet/checkpoint_best.safetensors",
          "latency/dataset.csv",
          "latency/predictor.json",
          "search/architecture.yml",
          "subtransformer/checkpoint_best.safetensors"
        }) {
      artefacts.put(name, Provenance.hash(out.resolve(name)));
    }
  }

  /**
   * The settings of the run that a summary tells of, with what is given now in their place.
   *
   * @throws MosException when the summary is of no run
   * @throws ConfigurationException when one of its files is not what it was
   */
  static Settings again(Settings given) {
    Path summary = given.get(RunSettings.FROM);
    JsonNode provenance = Json.read(summary).path("provenance");
    JsonNode run = provenance.path(RUN);
    if (!run.path("options").isObject() || !run.path("configs").isObject()) {
      throw new MosException(summary + ": does not tell how its run was made (provenance.run)");
    }
    Map<String, String> options = new LinkedHashMap<>();
    run.path("options").properties().forEach(e -> options.put(e.getKey(), e.getValue().asText()));
    notRunUnasked(options.get(RunnerSettings.RUNNER.key()), given, summary);
    given.overrides().forEach(options::put);
    taskIsHere(options.get(RunSettings.TASK.key()), summary);
    options.remove(RunSettings.FROM.key());
    options.remove(RunSettings.SERVE.key());
    Map<Path, String> files = new LinkedHashMap<>();
    run.path("configs")
        .properties()
        .forEach(e -> files.put(Path.of(e.getKey()), e.getValue().asText()));
    files.forEach((file, hash) -> unchanged(file, hash, summary));
    List<Path> all = new ArrayList<>(files.keySet());
    all.addAll(given.files());
    Settings settings = AllSettings.load(all, options);
    Path task = TaskFile.of(settings).file();
    unchanged(task, run.path("task_sha256").asText(), summary);
    all.add(0, task);
    if (!RunSettings.makesItsData(settings)) {
      sameData(AllSettings.load(all, options), provenance.path("data"), summary);
    }
    return settings;
  }

  /** A summary is a file like any other: it must not bring commands to run. */
  private static void notRunUnasked(String runner, Settings given, Path summary) {
    if (runner != null && !given.has(RunnerSettings.RUNNER)) {
      throw new ConfigurationException(
          summary
              + ": its run measured with the command \""
              + runner
              + "\"; give --"
              + RunnerSettings.RUNNER.key()
              + " to run that, or another one");
    }
  }

  private static void taskIsHere(String task, Path summary) {
    if (task != null && task.matches(".*\\.yml") && !Files.isRegularFile(Path.of(task))) {
      throw new ConfigurationException(
          summary
              + ": its run was of the task "
              + task
              + ", which is not here; give --task with the place of that file");
    }
  }

  private static void sameData(Settings effective, JsonNode before, Path summary) {
    DataFolder data = DataFolder.open(DataSettings.source(effective));
    data.hashes("train", "valid", "test")
        .forEach(
            (part, hash) -> {
              if (!before.path(part).asText().equals(hash)) {
                throw new ConfigurationException(
                    data.folder()
                        + ": "
                        + part
                        + " has SHA-256 "
                        + hash
                        + ", the run of "
                        + summary
                        + " had "
                        + before.path(part).asText("none")
                        + "; bring it back, or start a run of its own");
              }
            });
  }

  private static void unchanged(Path file, String hash, Path summary) {
    if (!Files.isRegularFile(file) || !Sha256.of(file).equals(hash)) {
      throw new ConfigurationException(
          file
              + (Files.isRegularFile(file) ? " has changed" : " is not there any more")
              + " since the run of "
              + summary
              + ", which had the one of SHA-256 "
              + hash
              + "; bring it back, or start a run of its own");
    }
  }
}
