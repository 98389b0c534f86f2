package mos.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.Sha256;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.RunnerSettings;
import mos.command.settings.TaskFile;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.experiment.Provenance;
import mos.results.ResultJson;
import mos.results.RunProvenance;

/** How a run was made, as its summary tells, and how it is made again. */
final class Reproduction {
  private static final List<String> ARTEFACTS =
      List.of(
          "supernet/checkpoint_best.safetensors",
          "latency/dataset.csv",
          "latency/predictor.json",
          "search/architecture.yml",
          "subtransformer/checkpoint_best.safetensors");

  private Reproduction() {}

  /** What a run was told. */
  static RunProvenance.Told told(Settings given) {
    TaskFile task = TaskFile.of(given);
    Map<String, String> files = new LinkedHashMap<>();
    given.files().forEach(file -> files.put(file.toString(), Sha256.of(file)));
    // Made again, a run has the sizes that it had, however fast the machine is then.
    Map<String, String> options = new LinkedHashMap<>(Budget.sizes(given));
    options.putAll(given.overrides());
    options.remove(RunSettings.HOURS.key());
    return new RunProvenance.Told(task.name(), Sha256.of(task.file()), files, options);
  }

  /** SHA-256 of what came of a run, by name. */
  static Map<String, String> artefacts(Path out) {
    Map<String, String> hashes = new LinkedHashMap<>();
    ARTEFACTS.forEach(name -> hashes.put(name, Provenance.hash(out.resolve(name))));
    return hashes;
  }

  /** What is read of a summary. */
  private record Summarised(RunProvenance provenance) {}

  /**
   * The settings of the run that a summary tells of, with what is given now in their place.
   *
   * @throws MosException when the summary is of no run
   * @throws ConfigurationException when one of its files is not what it was
   */
  static Settings again(Settings given) {
    Path summary = given.get(RunSettings.FROM);
    RunProvenance provenance = ResultJson.read(summary, Summarised.class).provenance();
    if (provenance == null
        || provenance.run() == null
        || provenance.run().options() == null
        || provenance.run().configs() == null) {
      throw new MosException(summary + ": does not tell how its run was made (provenance.run)");
    }
    RunProvenance.Told run = provenance.run();
    Map<String, String> options = new LinkedHashMap<>(run.options());
    notRunUnasked(options.get(RunnerSettings.RUNNER.key()), given, summary);
    given.overrides().forEach(options::put);
    taskIsHere(options.get(RunSettings.TASK.key()), summary);
    options.remove(RunSettings.FROM.key());
    options.remove(RunSettings.SERVE.key());
    List<Path> all = new ArrayList<>();
    run.configs()
        .forEach(
            (file, hash) -> {
              unchanged(Path.of(file), hash, summary);
              all.add(Path.of(file));
            });
    all.addAll(given.files());
    Settings settings = AllSettings.load(all, options);
    Path task = TaskFile.of(settings).file();
    unchanged(task, run.taskSha256(), summary);
    all.add(0, task);
    if (!RunSettings.makesItsData(settings)) {
      Map<String, String> data = provenance.data() == null ? Map.of() : provenance.data();
      sameData(AllSettings.load(all, options), data, summary);
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

  private static void sameData(Settings effective, Map<String, String> before, Path summary) {
    DataFolder data = DataFolder.open(DataSettings.source(effective));
    data.hashes("train", "valid", "test")
        .forEach(
            (part, hash) -> {
              if (!hash.equals(before.get(part))) {
                throw new ConfigurationException(
                    data.folder()
                        + ": "
                        + part
                        + " has SHA-256 "
                        + hash
                        + ", the run of "
                        + summary
                        + " had "
                        + before.getOrDefault(part, "none")
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
