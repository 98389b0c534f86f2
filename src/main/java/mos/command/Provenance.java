package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Sha256;
import mos.base.Version;
import mos.command.settings.AllSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.RunnerSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.port.ExportedModel;
import mos.tensor.Native;
import mos.tensor.SafeTensors;

/**
 * What artefacts were made from and with, and how to make them again: versions, hashes of data and
 * parents in checkpoints; these, the files and options of a run, and a hash of each artefact in
 * {@code summary.json}.
 */
final class Provenance {
  private static final String RUN = "run";

  private Provenance() {}

  /** This program, Java and libtorch. */
  static Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("version", Version.current());
    versions.put("java", Runtime.version().toString());
    versions.put("libtorch", Native.version());
    return versions;
  }

  /**
   * What something is made with and from.
   *
   * @param device as {@link mos.tensor.Devices#describe} names it
   * @param parent the model whose weights it uses, if any
   * @param splits of the data that it uses
   */
  static Map<String, String> of(
      DataFolder data, String device, Optional<Path> parent, String... splits) {
    Map<String, String> made = versions();
    made.put("device", device);
    made.putAll(data.hashes(splits));
    parent.ifPresent(file -> made.put("parent", hash(file)));
    return made;
  }

  /** The same with what the command was told: its own settings. */
  static ObjectNode withSettings(Map<String, String> made, Command<?> task, Settings settings) {
    Map<String, Object> own = settings.toMap();
    own.keySet().retainAll(task.settings().stream().map(Setting::key).toList());
    ObjectNode all = Json.object();
    made.forEach(all::put);
    all.set("settings", Json.tree(own));
    return all;
  }

  /** Of a checkpoint, or a folder with a model, the hash of its tensors: metadata tells times. */
  static String hash(Path file) {
    if (Files.isDirectory(file)) {
      return hash(file.resolve(ExportedModel.PARAMETERS));
    }
    if (!file.toString().endsWith(".safetensors")) {
      return Sha256.of(file);
    }
    try (SafeTensors tensors = SafeTensors.open(file, false)) {
      return tensors.dataHash();
    }
  }

  /** Notes in a summary how to make the run again, and what came of it. */
  static void ofRun(ObjectNode provenance, Settings given, DataFolder data, Path out) {
    versions().forEach(provenance::put);
    provenance.set("data", Json.tree(data.hashes("train", "valid", "test")));
    ObjectNode run = provenance.putObject(RUN);
    Path task = PipelineSettings.taskFile(given);
    run.put("task", PipelineSettings.taskName(given)).put("task_sha256", Sha256.of(task));
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
      artefacts.put(name, hash(out.resolve(name)));
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
    Settings settings = Settings.load(all, options, AllSettings.known());
    Path task = PipelineSettings.taskFile(settings);
    unchanged(task, run.path("task_sha256").asText(), summary);
    all.add(0, task);
    if (!PipelineSettings.makesItsData(settings)) {
      sameData(Settings.load(all, options, AllSettings.known()), provenance.path("data"), summary);
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
    DataFolder data = DataFolder.open(effective);
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
